import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.ts';
import type { MeasuredRun, RunCost } from '../support/measure-run.ts';
import { Here, type HereOptions, type HereRun } from '../support/run-here.ts';
import {
  type Fault,
  type Simulation,
  type SimulationOptions,
  startSimulatedHosts,
} from '../support/simulated-hosts.ts';

let simulation: Simulation;
let here: Here;

async function simulate(options: SimulationOptions): Promise<void> {
  simulation = await startSimulatedHosts(options);
  here = await Here.create(simulation.inventory);
}

function run(playbook: string, options: HereOptions = {}): Promise<HereRun> {
  return here.run(playbook, { lockFolder: (host) => join(simulation.folder, host, 'lock'), ...options });
}

afterEach(async () => {
  await simulation.close();
  await here.remove();
});

const forks = 10;
/** Connections that are being closed, or whose end the other side has not noticed yet. */
const closing = 20;

const name = `
- hosts: many
  tasks:
    - name: name
      file.content: { path: "<%= folder %>/name", content: "<%= host %>\\n" }
`;

const hostsOf = (events: readonly RunEvent[], kind: 'task.start' | 'host.end'): string[] =>
  events.flatMap((event) => (event.event === kind ? [event.host] : []));

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `host${index}`);

test('each of many hosts gets its own result, over one login, and lets go when it is through', {
  timeout: 300_000,
}, async () => {
  await simulate({ count: 200 });
  let openAtTheEnd = 0;
  const emit = ({ event }: RunEvent): void => {
    if (event === 'run.end') openAtTheEnd = simulation.counts.sockets;
  };
  const { exit, events, lines } = await run(name, { forks, emit });
  expect(exit).toBe(0);
  expect(lines.toSorted()).toEqual(
    names(200)
      .map((host) => `${host} name changed`)
      .toSorted(),
  );
  for (const host of names(200)) expect(readFileSync(join(simulation.folder, host, 'name'), 'utf8')).toBe(`${host}\n`);
  expect([...simulation.logins.values()]).toEqual(names(200).map(() => 1));
  expect(simulation.counts.sessions).toBe(200);
  expect(simulation.counts.mostSockets).toBeLessThanOrEqual(forks + closing);
  expect(openAtTheEnd).toBeLessThanOrEqual(closing);

  expect(hostsOf(events, 'task.start')).toEqual(names(200));
  const ended = hostsOf(events, 'host.end');
  const late = names(200).map((host, index) => ended.indexOf(host) - index);
  expect(Math.max(...late)).toBeLessThanOrEqual(10 * forks);

  expect((await run(name, { forks })).lines.toSorted()).toEqual(
    names(200)
      .map((host) => `${host} name ok`)
      .toSorted(),
  );
});

const handler = `
      notify: tell
  handlers:
    - name: tell
      file.content: { path: "<%= folder %>/told", content: "told\\n" }
`;

const again = `
- hosts: many
  tasks:
    - name: again
      file.content: { path: "<%= folder %>/again", content: "again\\n" }
`;

test('a host that handlers or another play need again keeps its connection', { timeout: 120_000 }, async () => {
  await simulate({ count: 30 });
  const { lines } = await run(`${name.trimEnd()}${handler}${again}`, { forks });
  expect(lines).toHaveLength(90);
  expect(simulation.counts).toMatchObject({ logins: 30, sessions: 30 });
});

test('a host to which tasks are delegated later keeps its connection', { timeout: 60_000 }, async () => {
  await simulate({ count: 3 });
  const delegated = `
- hosts: host1,host2
  tasks:
    - file.content: { path: "<%= folder %>/told", content: "<%= host %>\\n" }
      delegate_to: host0
`;
  const { exit } = await run(`${name.replace('hosts: many', 'hosts: host0')}${delegated}`);
  expect(exit).toBe(0);
  expect(Object.fromEntries(simulation.logins)).toEqual({ host0: 1 });
});

test('of very many that are needed again some log in anew: sockets stay few', { timeout: 300_000 }, async () => {
  await simulate({ count: 130 });
  const { exit, lines } = await run(`${name}${again}`, { forks });
  expect(exit).toBe(0);
  expect(lines.toSorted()).toEqual(
    names(130)
      .flatMap((host) => [`${host} name changed`, `${host} again changed`])
      .toSorted(),
  );
  expect(simulation.counts.mostSockets).toBeLessThanOrEqual(100 + forks + closing);
  expect(simulation.counts.logins).toBe(130 + 30);
});

test('a host with several names stays locked until all of them are through', { timeout: 120_000 }, async () => {
  await simulate({ count: 12 });
  const lock = join(simulation.folder, 'lock');
  const owners: string[] = [];
  const emit = ({ event }: RunEvent): void => {
    if (event === 'host.end') owners.push(readFileSync(join(lock, 'lock'), 'utf8').split('\n')[0] ?? '');
  };
  const { exit } = await run(name, { forks: 3, emit, lockFolder: () => lock });
  expect(exit).toBe(0);
  expect(owners).toHaveLength(12);
  expect(owners).not.toContain('');
});

test('hosts that are dead, silent, slow or talk nonsense delay no other', { timeout: 180_000 }, async () => {
  const silent = Array<Fault>(8).fill('silent');
  const faults: readonly Fault[] = [...silent, 'garbled', 'frozen', 'slow', 'cut', 'babbling', 'closed', 'stranger'];
  await simulate({ count: 30, faults });
  const hanging = names(10);
  const others = names(30).slice(10);
  const ended: string[] = [];
  let endedBefore: readonly string[] = [];
  const emit = (event: RunEvent): void => {
    if (event.event !== 'host.end') return;
    ended.push(event.host);
    if (endedBefore.length > 0 || !others.every((host) => ended.includes(host))) return;
    endedBefore = [...ended];
    simulation.letGo();
  };
  // More are silent than may be worked on at once.
  const { exit, events } = await run(name, { forks: 5, emit });
  expect(endedBefore.toSorted()).toEqual(others.toSorted());
  expect(exit).toBe(3);
  const codes = new Map(
    events.flatMap((event) => (event.event === 'task.end' ? [[event.host, event.code ?? event.status]] : [])),
  );
  // Those that were lost are logged in to again, in vain.
  expect(hanging.map((host) => codes.get(host))).toEqual(hanging.map(() => 'PV4012'));
  const [slow, cut, babbling, closed, stranger, ...well] = others.map((host) => codes.get(host));
  expect([slow, cut, babbling, closed, stranger]).toEqual(['changed', 'PV4007', 'PV4012', 'PV4002', 'PV4005']);
  expect(new Set(well)).toEqual(new Set(['changed']));
});

test('a thousand hosts take little more memory than a hundred', { timeout: 600_000 }, async () => {
  await simulate({ count: 1000 });
  writeFileSync(join(simulation.folder, 'hosts.yml'), simulation.inventory);
  writeFileSync(join(simulation.folder, 'site.yml'), name);
  const wanted: MeasuredRun = { folder: simulation.folder, forks, check: true, lookAt: [100, 1000] };
  const script = ['--expose-gc', '--import', 'tsx', 'test/support/measure-run.ts', JSON.stringify(wanted)];
  const { stdout } = await promisify(execFile)(process.execPath, script);
  const cost = JSON.parse(stdout) as RunCost;
  const perHost = ((cost.memory[1000] ?? Number.NaN) - (cost.memory[100] ?? Number.NaN)) / 900;
  console.info(`${Math.round(perHost / 1024)} KB for each further host`);
  expect(cost).toMatchObject({ exit: 0, statuses: { changed: 1000 } });
  expect(perHost).toBeLessThan(2 * 300 * 1024);
  expect(simulation.counts.mostSockets).toBeLessThanOrEqual(forks + closing);
});
