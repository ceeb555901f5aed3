import { measure } from './measure.ts';
import { affordableRounds, type Entry, type PlannedCell } from './plan.ts';
import { lastLines } from './report/last-lines.ts';
import { logFolder } from './rig/names.ts';
import type { Rig } from './rig/rig.ts';
import { type Cell, cellText, isOf, type Phase, type Row } from './row.ts';
import type { Work } from './work/work.ts';
import { works } from './work/works.ts';

export interface Recorder {
  /** Rows of an earlier, broken-off run, which are not measured again. */
  readonly earlier: readonly Row[];
  /** Ends the run between two measurements. */
  readonly signal: AbortSignal;
  add(row: Row): void;
  report(line: string): void;
}

/** Measures all cells, and answers with what went wrong; a contender that fails is out for the rest of its cell. */
export async function runPlan(cells: readonly PlannedCell[], rig: Rig, recorder: Recorder): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { cell, entries } of cells) {
    const runs = new CellRun(cell, rig, recorder);
    if (entries.every((entry) => runs.isDone(entry))) continue;
    recorder.report(`\n${cellText(cell)}`);
    await rig.setRoundTrip(cell.rtt);
    await works[cell.work].prepare(cell.hosts, rig);
    failures.push(...(await runs.all(entries)));
  }
  return failures;
}

/** One cell: everybody's first round, then everybody's second, so that a busy minute of the machine hits all alike. */
class CellRun {
  readonly #cell: Cell;
  readonly #rig: Rig;
  readonly #recorder: Recorder;
  readonly #work: Work;
  readonly #rows: Row[];

  constructor(cell: Cell, rig: Rig, recorder: Recorder) {
    this.#cell = cell;
    this.#rig = rig;
    this.#recorder = recorder;
    this.#work = works[cell.work];
    this.#rows = recorder.earlier.filter((row) => isOf(row, cell));
  }

  isDone({ contender, rounds }: Entry): boolean {
    const whole = this.#roundsOf(contender);
    const spent = this.#rows.filter((row) => row.contender === contender).reduce((sum, { wall }) => sum + wall, 0);
    return whole >= rounds || (whole > 0 && whole >= affordableRounds(spent / whole));
  }

  #roundsOf(contender: string): number {
    const last = this.#work.phases.at(-1);
    return this.#rows.filter((row) => row.contender === contender && row.phase === last).length;
  }

  async all(entries: readonly Entry[]): Promise<readonly string[]> {
    const failures = new Map<string, string>();
    const most = Math.max(...entries.map(({ rounds }) => rounds));
    for (let round = 0; round < most; round += 1) {
      for (const entry of entries) {
        if (failures.has(entry.contender) || entry.rounds <= round || this.isDone(entry)) continue;
        this.#recorder.signal.throwIfAborted();
        await this.#round(entry.contender).catch((error: unknown) => {
          this.#recorder.signal.throwIfAborted();
          const failure = `FAILED  ${entry.contender}, ${cellText(this.#cell)}: ${(error as Error).message}`;
          this.#recorder.report(failure);
          failures.set(entry.contender, failure);
        });
      }
    }
    return [...failures.values()];
  }

  async #round(contender: string): Promise<void> {
    const round = this.#roundsOf(contender);
    await this.#work.reset?.(this.#rig, this.#cell.hosts);
    const rows: Row[] = [];
    for (const phase of this.#work.phases) rows.push(await this.#run(contender, phase, round));
    // A round counts as a whole or not at all.
    for (const row of rows) this.#recorder.add(row);
    this.#rows.push(...rows);
  }

  async #run(contender: string, phase: Phase, round: number): Promise<Row> {
    const log = `${logFolder}/${contender.replaceAll(/\W+/g, '-')}.log`;
    const { exit, figures } = await measure(this.#rig, this.#work.command(contender), log);
    if (exit !== 0) throw new Error(`${phase} ended with exit code ${exit}:\n${await lastLines(log)}`);
    const state = await this.#work.verify?.(this.#rig, this.#cell.hosts);
    const proof = state ? `  end state ${state}` : '';
    this.#recorder.report(`  ${contender.padEnd(28)} ${phase.padEnd(9)} ${figures.wall.toFixed(3)} s${proof}`);
    return { contender, ...this.#cell, phase, ...figures, round };
  }
}
