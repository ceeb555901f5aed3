import type { Task } from '../load/playbook.ts';
import type { Action } from './actions.ts';
import { type Frame, hasStopped } from './frame.ts';
import { type Guess, guess } from './guess.ts';
import { mayJudgeFailed } from './judge.ts';
import { Line } from './line.ts';
import { loopItems, mergeItems } from './loop.ts';
import type { Turn } from './machine.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { prepare, type Unit } from './prepare.ts';
import { read } from './reading.ts';
import { refusal, skipped } from './registered.ts';
import { type Assignment, performTask, type Spot } from './task.ts';
import type { Outcome } from './task-outcome.ts';
import { TaskRun } from './task-run.ts';

type Prepared = Assignment | Action | undefined;

/** Tasks of one host on its own machine, under way at once; what comes of them is as if they had run one by one. */
export class TaskLine {
  private readonly line: Line;
  private readonly host: HostState;
  private readonly context: PlayContext;
  private readonly turn: Turn;
  private user: string | undefined;
  /** Tasks that are to give names to values, until they have. */
  private naming: TaskRun[] = [];

  constructor(host: HostState, context: PlayContext, turn: Turn) {
    this.host = host;
    this.context = context;
    this.turn = turn;
    this.line = new Line(context.readAhead(host.name));
  }

  /** Resolves when all tasks have ended. */
  drained(): Promise<void> {
    return this.line.drained();
  }

  /** Puts a task, or each item of its loop, at the end of the line. */
  async enter(task: Task, frame: Frame): Promise<void> {
    await this.actAs(task);
    const run = new TaskRun(task, this.host, this.context, frame);
    const items = await this.itemsOf(run);
    if (run.ended) return;
    for (const [index, item] of (items ?? [undefined]).entries()) {
      if (await this.recall(run, items, index)) continue;
      await this.line.room();
      this.context.signal.throwIfAborted();
      if (hasStopped(this.host) || run.ended) return;
      this.enterUnit(run, items ? run.item(item, index) : run.whole, items);
    }
    // An item of its own loop still sees what an earlier task registered.
    if (namesGivenBy(task).length > 0) this.naming.push(run);
  }

  /** Takes over what came of an item in the run that is resumed, if that is known. */
  private async recall(run: TaskRun, items: readonly unknown[] | undefined, index: number): Promise<boolean> {
    if (!this.host.replay || hasStopped(this.host) || run.ended) return false;
    const known = run.recalled(items && { index, value: items[index] });
    if (!known) return false;
    await this.drained();
    run.add(known, items);
    return true;
  }

  /** Puts a task at the end of the line that is skipped without a look at it: the block around it is. */
  async skip(task: Task, frame: Frame): Promise<void> {
    await this.line.room();
    if (hasStopped(this.host)) return;
    const run = new TaskRun(task, this.host, this.context, frame);
    this.place(run, undefined, async (spot) => this.perform(run, spot, { unit: run.whole, prepared: undefined }));
    if (task.register !== undefined) this.naming.push(run);
  }

  /** Another user has another shell: what goes through the two knows no order, and neither what the other does. */
  private async actAs(task: Task): Promise<void> {
    const user = this.userOf(task);
    if (user === this.user) return;
    await this.drained();
    this.context.machine(this.host.name).forgetViews();
    this.user = user;
  }

  private userOf(task: Task): string | undefined {
    try {
      return this.context.identity(task, this.host.name, () => this.context.scope(this.host, task, {}))?.user;
    } catch {
      // The task itself will tell what is wrong with the settings of its host.
      return undefined;
    }
  }

  /** Ends the task where it has no items, or where they cannot be told. */
  private async itemsOf(run: TaskRun): Promise<readonly unknown[] | undefined> {
    const { task, frame } = run;
    const itemsFor = (host: HostState) => loopItems(task, this.context.scope(host, task, frame.names));
    const early = this.foresee(itemsFor);
    if (early && early.value?.length !== 0) return early.value;
    await this.drained();
    try {
      const items = itemsFor(this.host);
      if (hasStopped(this.host)) run.ended = true;
      else if (items?.length === 0) run.end(mergeItems([], []));
      return items;
    } catch (error) {
      if (!hasStopped(this.host)) run.end(refusal(error, this.host.pending));
      run.ended = true;
      return undefined;
    }
  }

  /** What can be told already, before the tasks in line have ended. */
  foresee<T>(compute: (host: HostState) => T): Guess<T> | undefined {
    this.naming = this.naming.filter((run) => !run.ended);
    const awaited = this.naming.flatMap(({ task }) => namesGivenBy(task));
    return guess(this.host, new Set(awaited), compute);
  }

  private enterUnit(run: TaskRun, unit: Unit, items: readonly unknown[] | undefined): void {
    const early = this.foresee((host) => prepare(unit, host, this.context));
    this.place(run, items, (spot) =>
      early ? this.perform(run, spot, { unit, prepared: early.value }) : this.inTurn(run, spot, unit),
    );
  }

  private place(
    run: TaskRun,
    items: readonly unknown[] | undefined,
    work: (spot: Spot) => Promise<Outcome | undefined>,
  ): void {
    this.line.enter(async (place) => {
      const abandoned = (): boolean => hasStopped(this.host) || run.ended;
      void place.maySettle().then(() => abandoned() || run.begin());
      const outcome = await work({ place, turn: this.turn, abandoned, told: false, sent: false });
      if (outcome) run.add(outcome, items);
      else run.givenUp();
    });
  }

  /** A task whose arguments depend on what the tasks before it bring. */
  private async inTurn(run: TaskRun, spot: Spot, unit: Unit): Promise<Outcome | undefined> {
    await spot.place.maySettle();
    if (spot.abandoned()) return undefined;
    try {
      return await this.perform(run, spot, { unit, prepared: prepare(unit, this.host, this.context) });
    } catch (error) {
      return refusal(error, this.host.pending);
    }
  }

  private async perform(
    run: TaskRun,
    spot: Spot,
    { unit, prepared }: { readonly unit: Unit; readonly prepared: Prepared },
  ): Promise<Outcome | undefined> {
    if (!prepared) return (await first(spot)) ? skipped : undefined;
    if ('act' in prepared) return (await first(spot, mayFail(run.task))) ? this.act(run, prepared, unit) : undefined;
    const ahead = read(prepared);
    // Who fails too early looks again in its turn.
    ahead.catch(() => undefined);
    const found = await performTask({ assignment: prepared, context: run.contextOf(unit), spot }, ahead);
    return found && run.judge(found, unit, prepared.machine);
  }

  private async act(run: TaskRun, action: Action, unit: Unit): Promise<Outcome> {
    const outcome = run.judge(await action.act(this.host, run.context), unit);
    if (action.keeps) Object.assign(this.host.data, action.keeps);
    return outcome;
  }
}

/**
 * Resolves when the task, which does nothing to the machine, is the first in line; `false`: one before it failed. If it
 * may fail itself, nothing after it is done before it has ended.
 */
async function first({ place, abandoned }: Spot, holdsBack = false): Promise<boolean> {
  await place.mayAct();
  if (!holdsBack) place.act();
  await place.maySettle();
  return !abandoned();
}

function mayFail(task: Task): boolean {
  return mayJudgeFailed(task) || !['debug', 'set_fact'].includes(task.module);
}

function namesGivenBy({ register, module, args }: Task): readonly string[] {
  const facts = module === 'set_fact' && typeof args === 'object' && args !== null ? Object.keys(args) : [];
  return register === undefined ? facts : [...facts, register];
}
