import { createHook } from 'node:async_hooks';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost, testLab } from '../support/lab.ts';
import { Here } from '../support/run-here.ts';

/**
 * What a fixed playbook of fifty tasks costs, counted and not timed, beside the numbers of `cost.json`: a change that makes
 * it dearer says so there. `UPDATE_COST=1` writes what was counted.
 */
const file = 'test/lab/cost.json';
const tolerance = 1.15;
/** The host's own timers and daemons start something now and then. */
const strangers = 30;

const numbers = (count: number): string => `[${Array.from({ length: count }, (_, index) => index + 1).join(', ')}]`;

const playbook = `
- hosts: ${hypervisor}
  tasks:
    - name: folder
      file.directory: { path: "/srv/cost/d<%= item %>", mode: "0750", owner: www-data, group: www-data }
      loop: ${numbers(15)}
    - name: file
      file.content: { path: "/srv/cost/d<%= (item % 15) + 1 %>/f<%= item %>", content: "<%= 'line of ' + host + ' '.repeat(item) %>\\n" }
      loop: ${numbers(20)}
    - name: line
      file.line: { path: /srv/cost/lines, line: "key<%= item %> = <%= item %>", match: "^key<%= item %> ", create: true }
      loop: ${numbers(5)}
    - name: command
      shell.command: { argv: [touch, "/srv/cost/built<%= item %>"], creates: "/srv/cost/built<%= item %>" }
      loop: ${numbers(5)}
    - name: rule
      iptables.rule: { chain: INPUT, protocol: tcp, destination_port: "<%= 8000 + item %>", jump: ACCEPT }
      loop: ${numbers(5)}
`;

interface Cost {
  readonly logins: number;
  readonly channels: number;
  readonly requests: number;
  readonly roundTrips: number;
  readonly bytesOut: number;
  /** Processes that the host started meanwhile. */
  readonly remoteProcesses: number;
  /** Promises and other asynchronous operations of the controller. */
  readonly asyncOperations: number;
}

let here: Here;

beforeAll(async () => {
  await resetHost(hypervisor);
  here = await Here.create(await readFile(testLab.inventory, 'utf8'));
});

afterAll(() => here.remove());

test.each(['converge', 'nochange'] as const)(
  'a playbook of fifty tasks costs no more than it did: %s',
  async (phase) => {
    const before = await lastProcess();
    let asyncOperations = 0;
    const hook = createHook({
      init() {
        asyncOperations += 1;
      },
    }).enable();
    const { exit, events } = await here.run(playbook, { limit: hypervisor });
    hook.disable();
    const remoteProcesses = (await lastProcess()) - before;
    expect(exit).toBe(0);
    const end = events.at(-1);
    if (end?.event !== 'run.end') throw new Error('the run has no end');
    expect(end.hosts[hypervisor]).toMatchObject(phase === 'converge' ? { changed: 5, ok: 0 } : { changed: 0, ok: 5 });
    const { bytesIn: _in, ...traffic } = end.traffic[hypervisor] ?? {};
    await compare(phase, { ...traffic, remoteProcesses, asyncOperations } as Cost);
  },
);

/** The number that the host gave the process it started last. */
async function lastProcess(): Promise<number> {
  return Number((await hostExec(hypervisor, ['cat', '/proc/sys/kernel/ns_last_pid'])).stdout);
}

async function compare(phase: 'converge' | 'nochange', counted: Cost): Promise<void> {
  const known = JSON.parse(await readFile(file, 'utf8')) as Record<string, Cost>;
  if (process.env.UPDATE_COST) {
    await writeFile(file, `${JSON.stringify({ ...known, [phase]: counted }, undefined, 2)}\n`);
    return;
  }
  const expected = known[phase];
  if (!expected) throw new Error(`${file} says nothing of ${phase}`);
  const most = (name: keyof Cost): number => expected[name] * tolerance + (name === 'remoteProcesses' ? strangers : 0);
  const dearer = Object.entries(counted).filter(([name, value]) => value > most(name as keyof Cost));
  expect(Object.fromEntries(dearer), `more than in ${file}, which says ${JSON.stringify(expected)}`).toEqual({});
}
