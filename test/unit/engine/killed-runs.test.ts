import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Here, type HereOptions } from '../../support/run-here.ts';
import { handlersIn, resumed, runKept } from '../../support/run-kept.ts';

const hosts = `
here:
  hosts:
    alfa: { ssh: { connection: local } }
    bravo: { ssh: { connection: local } }
`;

/**
 * Handlers that are shared, chained, flushed on the way; loops; a block that is rescued; results that later tasks depend
 * on; an answer; what one host does for all; a command that cannot be read again.
 */
const playbook = `
- name: web
  hosts: here
  tasks:
    - name: ask
      pause: { prompt: which }
      register: answer
    - name: once
      shell.command: { script: 'echo "for all" | tee FOLDER/once' }
      run_once: true
      register: once
    - name: settings
      file.content: { path: "FOLDER/settings-<%= host %>", content: "<%= answer.user_input %> <%= once.stdout %>" }
      register: settings
      notify: restart
    - set_fact: { was: "<%= settings.status %>" }
    - name: parts
      file.content: { path: "FOLDER/part-<%= host %>-<%= item %>", content: "part <%= item %> <%= was %>" }
      loop: [1, 2]
      notify: [restart, collect]
    - meta: { do: flush_handlers }
    - name: risky
      block:
        - name: fails
          shell.command: { argv: ["false"] }
      rescue:
        - name: rescued
          file.content: { path: "FOLDER/rescued-<%= host %>", content: "<%= failure.task %> <%= failure.code %>" }
      always:
        - name: after all
          file.content: { path: "FOLDER/always-<%= host %>", content: one }
          notify: collect
    - name: many
      when: was === 'changed'
      loop: [a, b]
      loop_control: { loop_var: each }
      block:
        - name: each
          file.content: { path: "FOLDER/each-<%= host %>-<%= each %>", content: one }
    - name: unpack
      shell.command: { script: 'echo x > FOLDER/unpacked-<%= host %>', creates: "FOLDER/unpacked-<%= host %>" }
      notify: everything
    - name: log
      shell.command: { script: 'echo x >> FOLDER/log' }
    - name: last
      file.content: { path: "FOLDER/last-<%= host %>", content: one }
      notify: collect
  handlers:
    - name: restart
      shell.command: { script: 'echo restart <%= host %> >> FOLDER/handlers' }
      notify: after
    - name: collect
      shell.command: { script: 'cat FOLDER/part-<%= host %>-* > FOLDER/collected-<%= host %>; echo collect <%= host %> >> FOLDER/handlers' }
    - name: unpacked
      listen: everything
      shell.command: { script: 'echo unpacked <%= host %> >> FOLDER/handlers' }
    - name: after
      shell.command: { script: 'echo after <%= host %> >> FOLDER/handlers' }
`;

/** A run that begins anew finds that what was done is `ok`. */
const rerunnable = playbook.replace('<%= settings.status %>', 'changed');

async function createHere(text = playbook): Promise<Here> {
  const here = await Here.create(hosts);
  writeFileSync(join(here.folder, 'play.yml'), text);
  return here;
}

interface Death {
  readonly killed: boolean;
  /** How many steps were sent, and how often what is owed has changed. */
  readonly sent: number;
  readonly owed: number;
}

/** Runs it in a process of its own that dies at a moment. */
function runAndDie(folder: string, moment: string): Promise<Death> {
  const imports = ['tsx', './test/support/run-and-die.mjs'].flatMap((name) => ['--import', name]);
  const child = spawn(process.execPath, [...imports, 'test/support/run-kept.ts', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DIE_AT: moment, NODE_OPTIONS: undefined },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((settle) => {
    child.on('close', (_code, signal) => {
      settle({ killed: signal === 'SIGKILL', ...JSON.parse(said || '{"sent":0,"owed":0}') });
    });
  });
}

interface Moment {
  readonly at: string;
  /** How the next run comes about. */
  readonly next: 'resumption' | 'rerun';
}

/** All of them take minutes: `PROVISION_TEST_KILLS=all`. */
const [everyStep, everyDebt] = process.env.PROVISION_TEST_KILLS === 'all' ? [1, 1] : [4, 6];

/** Each step when it has left, for who goes on; for who begins anew, a part of them and of the changes of what is owed. */
function momentsOf({ sent, owed }: Death): readonly Moment[] {
  const steps = numbers(sent).map((step) => ({ at: `sent ${step} later`, next: 'resumption' as const }));
  const some = numbers(sent / everyStep).map((step) => ({
    at: `sent ${step * everyStep} later`,
    next: 'rerun' as const,
  }));
  const debts = numbers(owed / everyDebt).map((debt) => ({
    at: `owed ${debt * everyDebt} ${debt % 2 ? 'before' : 'after'}`,
    next: 'rerun' as const,
  }));
  return [...steps, ...some, ...debts];
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: Math.floor(count) }, (_, index) => index + 1);
}

/** The shell of a run that was killed ends a moment after it, and holds the lock until then. */
async function runAfter(folder: string, how: (folder: string) => HereOptions): Promise<End> {
  for (;;) {
    const { exit, events } = await runKept(folder, { ask, ...how(folder) });
    if (!JSON.stringify(events).includes('PV5040')) return { exit, ...stateOf(folder), owed: owedIn(folder) };
    await sleep(20);
  }
}

const ask = async (): Promise<string> => 'this';

/** What the host is like, and which handlers have run. */
function stateOf(folder: string) {
  const names = readdirSync(folder).filter((name) => /-/.test(name));
  const texts = names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  return { texts, handlers: [...new Set(handlersIn(folder))].sort() };
}

function owedIn(folder: string): readonly string[] {
  return existsSync(join(folder, 'owed')) ? readdirSync(join(folder, 'owed')) : [];
}

test('killed at any moment, a run and its rerun, or its resumption, leave the same as one that was not disturbed', async () => {
  const undisturbed = await createHere();
  const death = await runAndDie(undisturbed.folder, '');
  expect(death.killed).toBe(false);
  const wanted = stateOf(undisturbed.folder);
  expect(wanted.handlers).toEqual(
    ['after', 'collect', 'restart', 'unpacked'].flatMap((name) => [`${name} alfa`, `${name} bravo`]),
  );
  expect(owedIn(undisturbed.folder)).toEqual([]);
  await undisturbed.remove();

  const moments = momentsOf(death);
  const next = moments.values();
  const ends: (End & { readonly moment: Moment; readonly killed: boolean })[] = [];
  const worker = async (): Promise<void> => {
    for (const moment of next) ends.push(await dieAndRunAgain(moment));
  };
  await Promise.all([worker(), worker()]);
  expect(ends).toHaveLength(moments.length);
  for (const { moment, killed, ...end } of ends) {
    const how = `${moment.at}, ${moment.next}`;
    // How often debts change depends on how far the run looks ahead.
    if (moment.at.startsWith('sent')) expect(killed, how).toBe(true);
    expect(end, how).toEqual({ ...wanted, exit: 0, owed: [] });
  }
}, 1_200_000);

async function dieAndRunAgain(moment: Moment) {
  const here = await createHere(moment.next === 'rerun' ? rerunnable : playbook);
  const { killed } = await runAndDie(here.folder, moment.at);
  const end = await runAfter(here.folder, killed && moment.next === 'resumption' ? resumed : () => ({}));
  await here.remove();
  return { moment, killed, ...end };
}

interface End extends ReturnType<typeof stateOf> {
  readonly exit: number;
  readonly owed: readonly string[];
}
