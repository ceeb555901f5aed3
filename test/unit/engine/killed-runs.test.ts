import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Here, type HereRun } from '../../support/run-here.ts';
import { runKept } from '../../support/run-kept.ts';

const hosts = 'here: { hosts: { alfa: { ssh: { connection: local } } } }\n';

/** Handlers that are shared, chained, flushed on the way; a loop; a command that cannot be read again. */
const playbook = `
- name: web
  hosts: alfa
  tasks:
    - name: settings
      file.content: { path: FOLDER/settings, content: one }
      notify: restart
    - name: parts
      file.content: { path: "FOLDER/part-<%= item %>", content: "part <%= item %>" }
      loop: [1, 2]
      notify: [restart, collect]
    - meta: { do: flush_handlers }
    - name: unpack
      shell.command: { script: 'echo x > FOLDER/unpacked', creates: FOLDER/unpacked }
      notify: everything
    - name: log
      shell.command: { script: 'echo x >> FOLDER/log' }
    - name: last
      file.content: { path: FOLDER/last, content: one }
      notify: collect
  handlers:
    - name: restart
      shell.command: { script: 'echo restart >> FOLDER/handlers' }
      notify: after
    - name: collect
      shell.command: { script: 'cat FOLDER/part-1 FOLDER/part-2 > FOLDER/collected; echo collect >> FOLDER/handlers' }
    - name: unpacked
      listen: everything
      shell.command: { script: 'echo unpacked >> FOLDER/handlers' }
    - name: after
      shell.command: { script: 'echo after >> FOLDER/handlers' }
`;

async function createHere(): Promise<Here> {
  const here = await Here.create(hosts);
  writeFileSync(join(here.folder, 'play.yml'), playbook);
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

/** Each step when it has left, and every other change of what is owed. */
function momentsOf({ sent, owed }: Death): readonly string[] {
  const steps = Array.from({ length: sent }, (_, index) => `sent ${index + 1} later`);
  const debts = Array.from(
    { length: owed / 2 },
    (_, index) => `owed ${index * 2 + 1} ${index % 2 ? 'before' : 'after'}`,
  );
  return [...steps, ...debts];
}

/** The shell of a run that was killed ends a moment after it, and holds the lock until then. */
async function rerun(folder: string): Promise<HereRun> {
  for (;;) {
    const found = await runKept(folder);
    if (!JSON.stringify(found.events).includes('PV5040')) return found;
    await sleep(20);
  }
}

/** What the host is like, and which handlers have run. */
function stateOf(folder: string) {
  const names = readdirSync(folder).filter((name) => /^(settings|part-|unpacked|last|collected)/.test(name));
  const texts = names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  const handlers = readFileSync(join(folder, 'handlers'), 'utf8').trim().split('\n');
  return { texts, handlers: [...new Set(handlers)].sort() };
}

function owedIn(folder: string): readonly string[] {
  return existsSync(join(folder, 'owed')) ? readdirSync(join(folder, 'owed')) : [];
}

test('killed at any moment, a run and its rerun leave the same as one that was not disturbed', async () => {
  const undisturbed = await createHere();
  const death = await runAndDie(undisturbed.folder, '');
  expect(death.killed).toBe(false);
  const wanted = stateOf(undisturbed.folder);
  expect(wanted.handlers).toEqual(['after', 'collect', 'restart', 'unpacked']);
  expect(owedIn(undisturbed.folder)).toEqual([]);
  await undisturbed.remove();

  const moments = momentsOf(death);
  const next = moments.values();
  const ends: End[] = [];
  const worker = async (): Promise<void> => {
    for (const moment of next) ends.push(await dieAndRunAgain(moment));
  };
  await Promise.all([worker(), worker()]);
  expect(ends).toHaveLength(moments.length);
  for (const { moment, killed, ...end } of ends) {
    // How often debts change depends on how far the run looks ahead.
    if (moment.startsWith('sent')) expect(killed, moment).toBe(true);
    expect(end, moment).toEqual({ ...wanted, exit: 0, owed: [] });
  }
}, 180_000);

async function dieAndRunAgain(moment: string): Promise<End> {
  const here = await createHere();
  const { killed } = await runAndDie(here.folder, moment);
  const { exit } = await rerun(here.folder);
  const end = { moment, killed, exit, ...stateOf(here.folder), owed: owedIn(here.folder) };
  await here.remove();
  return end;
}

interface End extends ReturnType<typeof stateOf> {
  readonly moment: string;
  readonly killed: boolean;
  readonly exit: number;
  readonly owed: readonly string[];
}
