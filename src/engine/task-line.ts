import type { Task } from '../load/playbook.ts';
import { type Guess, guess } from './guess.ts';
import { Line } from './line.ts';
import { loopItems, mergeItems } from './loop.ts';
import type { Turn } from './machine.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { prepare, type Unit } from './prepare.ts';
import { read } from './reading.ts';
import { refusal, skipped } from './registered.ts';
import { type Assignment, type Outcome, performTask, type Spot } from './task.ts';
import { TaskRun } from './task-run.ts';

/** Tasks of one host on its own machine, under way at once; what comes of them is as if they had run one by one. */
export class TaskLine {
  private readonly line: Line;
  private readonly host: HostState;
  private readonly context: PlayContext;
  private readonly turn: Turn;
  private user: string | undefined;
  /** Tasks that are to register something, until they have. */
  private registering: TaskRun[] = [];

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
  async enter(task: Task): Promise<void> {
    await this.actAs(task);
    const run = new TaskRun(task, this.host, this.context);
    const items = await this.itemsOf(run);
    if (run.ended) return;
    for (const item of items ?? [undefined]) {
      await this.line.room();
      this.context.signal.throwIfAborted();
      if (this.host.ended || run.ended) return;
      this.enterUnit(run, run.unit(items && { item }), items);
    }
    // An item of its own loop still sees what an earlier task registered.
    if (task.register !== undefined) this.registering.push(run);
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
      return this.context.identity(task, this.context.play, this.host.name)?.user;
    } catch {
      // The task itself will tell what is wrong with the settings of its host.
      return undefined;
    }
  }

  /** Ends the task where it has no items, or where they cannot be told. */
  private async itemsOf(run: TaskRun): Promise<readonly unknown[] | undefined> {
    const { task } = run;
    const itemsFor = (host: HostState) => loopItems(task, this.context.scope(host, task));
    const early = this.guess(itemsFor);
    if (early && early.value?.length !== 0) return early.value;
    await this.drained();
    try {
      const items = itemsFor(this.host);
      if (this.host.ended) run.ended = true;
      else if (items?.length === 0) run.end(mergeItems([], []));
      return items;
    } catch (error) {
      if (!this.host.ended) run.end(refusal(error, this.host.pending));
      run.ended = true;
      return undefined;
    }
  }

  private guess<T>(compute: (host: HostState) => T): Guess<T> | undefined {
    this.registering = this.registering.filter((run) => !run.ended);
    const awaited = this.registering.flatMap(({ task }) => task.register ?? []);
    return guess(this.host, new Set(awaited), compute);
  }

  private enterUnit(run: TaskRun, unit: Unit, items: readonly unknown[] | undefined): void {
    const early = this.guess((host) => prepare(unit, host, this.context));
    this.line.enter(async (place) => {
      const abandoned = (): boolean => this.host.ended !== undefined || run.ended;
      void place.maySettle().then(() => abandoned() || run.begin());
      const spot = { place, turn: this.turn, abandoned, told: false, sent: false };
      const outcome = early ? await this.perform(run, spot, early.value) : await this.inTurn(run, spot, unit);
      if (outcome) run.add(outcome, items);
    });
  }

  /** A task whose arguments depend on what the tasks before it bring. */
  private async inTurn(run: TaskRun, spot: Spot, unit: Unit): Promise<Outcome | undefined> {
    await spot.place.maySettle();
    if (spot.abandoned()) return undefined;
    try {
      return await this.perform(run, spot, prepare(unit, this.host, this.context));
    } catch (error) {
      return refusal(error, this.host.pending);
    }
  }

  private async perform(run: TaskRun, spot: Spot, assignment: Assignment | undefined): Promise<Outcome | undefined> {
    if (!assignment) return skip(spot);
    const ahead = read(assignment);
    // Who fails too early looks again in its turn.
    ahead.catch(() => undefined);
    const found = await performTask({ assignment, context: run.context, spot }, ahead);
    return found && run.judge(found, assignment.machine);
  }
}

async function skip({ place, abandoned }: Spot): Promise<Outcome | undefined> {
  await place.mayAct();
  place.act();
  await place.maySettle();
  return abandoned() ? undefined : skipped;
}
