import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { estimateAll, type PlannedCell, plan } from './plan.ts';
import { takeProfiles } from './profile/take-profiles.ts';
import { profileTable } from './report/profile-text.ts';
import { leftOutTable, resultText } from './report/result-text.ts';
import { writeDocument } from './report/write-document.ts';
import { installPackages, whyNoRig } from './rig/packages.ts';
import { claimRig, Rig } from './rig/rig.ts';
import { type Row, reachedHosts } from './row.ts';
import { runPlan } from './run-plan.ts';
import {
  forgetRows,
  savedMachine,
  savedProfiles,
  savedRows,
  saveMachine,
  saveProfiles,
  saveRow,
} from './saved-rows.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

class Interrupted extends Error {}

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options.mode === 'help') process.stdout.write(usage);
  if (options.mode === 'report') await report(plan(options.selection));
  if (options.mode === 'profile') await profile();
  return options.mode === 'run' ? run(options) : 0;
}

async function profile(): Promise<void> {
  requireRig();
  await installPackages([], say);
  process.stdout.write(profileTable(await onRig(1, takeProfiles)));
}

function requireRig(): void {
  const reason = whyNoRig();
  if (reason) throw new Error(reason);
  claimRig();
}

async function run(options: Options): Promise<number> {
  const cells = plan(options.selection);
  say(`it will take about ${Math.ceil(estimateAll(cells) / 60)} minutes; left out:\n\n${leftOutTable(cells)}`);
  requireRig();
  const contenders = cells.flatMap(({ entries }) => entries.filter(({ rounds }) => rounds > 0));
  const names = [...contenders.map(({ contender }) => contender), ...options.selection.works];
  await installPackages(names, say);
  if (options.whole) await beginWhole(options.resume);
  const rows: Row[] = options.resume ? [...savedRows()] : [];
  const writeJson = (): void => {
    if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, undefined, 1)}\n`);
  };
  writeJson();
  const failures = await onRig(hostsFor(cells), async (rig, signal) => {
    const failed = await runPlan(cells, rig, {
      earlier: [...rows],
      signal,
      add: (row) => {
        rows.push(row);
        if (options.whole) saveRow(row);
        writeJson();
      },
      report: say,
    });
    if (options.whole) saveProfiles(await takeProfiles(rig));
    return failed;
  });
  process.stdout.write(`\n${resultText(rows)}`);
  for (const failure of failures) say(`\n${failure}`);
  if (failures.length > 0) return 1;
  if (options.whole) await report(cells);
  return 0;
}

/** Rows of two versions do not belong into one document. */
async function beginWhole(resume: boolean): Promise<void> {
  const machine = await describeMachine();
  if (resume && savedMachine() && !isDeepStrictEqual(savedMachine()?.versions, machine.versions))
    throw new Error('a contender has another version than in the saved rows: begin anew, without `--resume`');
  if (!resume) forgetRows();
  saveMachine(machine);
}

async function report(cells: readonly PlannedCell[]): Promise<void> {
  const machine = savedMachine();
  if (!machine) throw new Error('there are no saved rows: run the whole benchmark first');
  say(`written: ${await writeDocument({ rows: savedRows(), cells, machine, profiles: savedProfiles() })}`);
}

function hostsFor(cells: readonly PlannedCell[]): number {
  return Math.max(0, ...cells.map(({ cell }) => reachedHosts(cell)));
}

/** Whatever happens, what was made is taken away again. */
async function onRig<T>(hosts: number, work: (rig: Rig, signal: AbortSignal) => Promise<T>): Promise<T> {
  const rig = new Rig(hosts);
  const interruption = new AbortController();
  const stop = (): void => {
    interruption.abort(new Interrupted('interrupted; `--resume` takes the whole benchmark up again'));
    void rig.controllerGroup.end();
  };
  // For good: npm and tsx pass on a signal that the terminal has sent to everybody already.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  try {
    await rig.up();
    return await work(rig, interruption.signal);
  } finally {
    await rig.down();
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof Interrupted ? 130 : 1;
});
