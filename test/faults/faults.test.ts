import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ended, Project } from '../support/cli.ts';
import { hypervisor, inGuest } from '../support/guest-login.ts';
import { resetHost } from '../support/lab.ts';
import { carryOut } from './actions.ts';
import { Bench } from './bench.ts';
import { chosenFaults } from './fault.ts';

let project: Project;
let bench: Bench | undefined;
let checksums: unknown;
const table: string[] = [];

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
  checksums = await project.value(['all', 'vars', 'installer_checksums']);
  // The network knows them all beforehand: it is not what is tried here.
  for (const fault of chosenFaults()) await new Bench(project, fault).name();
  const prepared = await project.run('-l', hypervisor);
  expect(prepared.exit, prepared.stdout + prepared.stderr).toBe(0);
});
afterEach(async () => {
  if (!bench) return;
  await carryOut(bench.fault.after, bench).catch(() => undefined);
  await bench.clear();
});
afterAll(async () => {
  process.stdout.write(`\n${table.join('\n')}\n`);
  await project.remove();
});

test.each(chosenFaults())('$fault', async (fault) => {
  bench = new Bench(project, fault);
  const { victim } = bench;
  await carryOut(fault.before, bench);
  const first = await bench.run(fault.when, fault.do);
  expect(first.exit ?? 'killed', first.stdout + first.stderr).toBe(fault.ends.exit);
  const failures = first.events.filter((event) => event.event === 'task.end' && event.status === 'failed');
  if (fault.ends.code) expect(failures[0]?.code, first.stdout).toBe(fault.ends.code);
  if (fault.ends.says) expect(failures.map(({ message }) => message).join()).toContain(fault.ends.says);
  const cause = bench.causedAt ?? (await bench.lastWordAt());
  const took = cause === undefined ? undefined : Math.max(0, first.at - cause) / 1000;
  if (fault.within !== undefined) {
    // The promise, and room for a busy machine.
    expect(took).toBeLessThan(fault.within + 10);
    if (fault.ends.code?.startsWith('PV54')) await expectTranscript(first.stdout);
  }
  await bench.repair(checksums);
  const rerun = await bench.rerun();
  expect(ended(rerun, 'failed', 'unreachable', 'unknown'), rerun.stdout).toEqual([]);
  expect(rerun.exit).toBe(0);
  expect(await inGuest(project, victim.name, ['hostname'])).toBe(victim.name);
  expect(await bench.leftovers()).toEqual([]);
  const again = await bench.run();
  expect(ended(again, 'changed', 'failed', 'unreachable', 'unknown')).toEqual([]);
  const noticed = fault.within === undefined || took === undefined ? '' : `noticed after ${took.toFixed(1)} s; `;
  table.push(`${fault.fault}: ${noticed}${fault.ends.code ?? `exit ${fault.ends.exit}`}; the rerun installed it`);
});

/** The failure says where all that the installer said is kept, and it is there. */
async function expectTranscript(stdout: string): Promise<void> {
  const path = /all it said: (\.provision\/installations\/[^";]+\.log)/.exec(stdout)?.[1];
  expect(path, stdout).toBeDefined();
  expect(await readFile(`${project.folder}/${path}`, 'utf8')).toContain('Detecting network hardware');
}
