import type { Emit } from '../core/event.ts';
import type { Task } from '../load/playbook.ts';
import { judge } from './judge.ts';
import { mergeItems } from './loop.ts';
import type { Machine } from './machine.ts';
import { withoutDetails } from './mask.ts';
import type { HostState, PlayContext } from './play-context.ts';
import type { Unit } from './prepare.ts';
import { isFailure, registered } from './registered.ts';
import { lastLines, type Outcome } from './task.ts';

/** One task on one host, from its first event to its last. */
export class TaskRun {
  readonly task: Task;
  /** The play's, with the task's own way of telling. */
  readonly context: PlayContext;
  /** It has ended, or one of its items has failed: no further item is begun. */
  ended = false;
  private readonly host: HostState;
  private readonly outcomes: Outcome[] = [];
  private readonly output: string[] = [];
  private readonly emit: Emit;
  private started: number | undefined;

  constructor(task: Task, host: HostState, context: PlayContext) {
    this.task = task;
    this.host = host;
    this.emit = task.noLog ? withoutDetails(context.emit) : context.emit;
    this.context = {
      ...context,
      emit: (event) => {
        this.begin();
        if (event.event === 'output') this.output.push(event.line);
        this.emit(event);
      },
    };
  }

  /** The task as a whole, or one item of its loop. */
  unit(item?: { readonly item: unknown }): Unit {
    return { task: this.task, place: this.place, ...(item && { item }) };
  }

  /** Tells that it starts, once. */
  begin(): void {
    if (this.started !== undefined) return;
    this.started = performance.now();
    this.emit({ event: 'task.start', ...this.place });
  }

  /** Judged by the task's own conditions; in check mode, what would have changed makes the rest uncertain. */
  judge(found: Outcome, machine: Machine): Outcome {
    const outcome = judge(this.task, this.host, found, this.context);
    if (this.context.check && (outcome.status === 'changed' || outcome.status === 'unknown')) {
      this.host.pending = machine.pending = true;
    }
    return outcome;
  }

  /** Keeps what came of the next item of its loop, and ends with the last, or with one that failed. */
  add(outcome: Outcome, items: readonly unknown[] | undefined): void {
    this.outcomes.push(outcome);
    if (items === undefined) this.end(outcome);
    else if (this.outcomes.length === items.length || isFailure(outcome.status)) {
      this.end(mergeItems(items, this.outcomes));
    }
  }

  /** What the end of a task means for the host: results kept, handlers notified, the host dropped when it failed. */
  end(outcome: Outcome): void {
    const { task, host } = this;
    const { status } = outcome;
    this.begin();
    this.ended = true;
    const ignored = task.ignoreErrors && status === 'failed';
    host.tally[ignored ? 'ok' : status] += 1;
    if (status === 'changed') for (const name of task.notify) host.notified.add(name);
    if (isFailure(status) && !ignored) host.ended = status;
    if (task.register !== undefined) host.data[task.register] = registered(outcome);
    this.tell(outcome, ignored);
  }

  private tell(outcome: Outcome, ignored: boolean): void {
    const { status, message, diagnostic, diff } = outcome;
    this.emit({
      event: 'task.end',
      ...this.place,
      status,
      ms: Math.round(performance.now() - (this.started ?? 0)),
      ...(message && { message }),
      ...(diagnostic && { code: diagnostic.code, diagnostic }),
      ...(this.context.diff && diff.length > 0 && { diff }),
      ...(ignored && { ignored: true as const }),
      ...(isFailure(status) && this.output.length > 0 && { output: lastLines(this.output) }),
    });
  }

  private get place() {
    const { task, host, context } = this;
    return { host: host.name, play: context.play.name, task: task.name, module: task.module };
  }
}
