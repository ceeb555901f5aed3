import { ProvisionError } from '../core/diagnostic.ts';
import type { Task } from '../load/playbook.ts';
import { judge } from './judge.ts';
import type { LoopItem } from './kept-line.ts';
import { itemNames, labelOf, mergeItems } from './loop.ts';
import type { Machine } from './machine.ts';
import type { Unit } from './prepare.ts';
import { failed, isFailure, refusal } from './registered.ts';
import { StatementRun } from './statement-run.ts';
import type { Outcome } from './task-outcome.ts';

/** One task on one host, from its first event to its last. */
export class TaskRun extends StatementRun<Task> {
  private readonly outcomes: Outcome[] = [];

  /** The task as a whole. */
  get whole(): Unit {
    return { task: this.task, place: this.place, names: this.frame.names };
  }

  /** One item of its loop. */
  item(item: unknown, index: number): Unit {
    return { ...this.whole, index, names: { ...this.frame.names, ...itemNames(this.task, item, index) } };
  }

  /** The task's own way of telling, for one item of its loop. */
  contextOf({ index }: Unit): TaskRun['context'] {
    return index === undefined ? this.context : { ...this.context, sending: (step) => this.send(step, index) };
  }

  /** Judged by the task's own conditions; in check mode, what would have changed makes the rest uncertain. */
  judge(found: Outcome, { names }: Unit, machine?: Machine): Outcome {
    const outcome = this.judged(names, found);
    if (this.context.check && (outcome.status === 'changed' || outcome.status === 'unknown')) {
      this.host.pending = true;
      if (machine) machine.pending = true;
    }
    return this.labelled(outcome, names);
  }

  /** A condition that cannot be told fails the task, whatever it has done. */
  private judged(names: Unit['names'], found: Outcome): Outcome {
    try {
      return judge(this.task, { host: this.host, names, found }, this.context);
    } catch (error) {
      return { ...refusal(error, this.host.pending), diff: found.diff, result: found.result };
    }
  }

  /** Keeps what came of the next item of its loop, and ends with the last, or with one that failed. */
  add(outcome: Outcome, items: readonly unknown[] | undefined): void {
    const index = this.outcomes.push(outcome) - 1;
    if (items) this.keepItem(outcome, { index, value: items[index] });
    if (items === undefined) this.end(outcome);
    else if (this.outcomes.length === items.length || isFailure(outcome.status)) {
      this.end(mergeItems(items, this.outcomes));
    }
  }

  /** What came of one item, in whatever order they end. */
  keepItem(outcome: Outcome, item: LoopItem): void {
    this.keptByItem = true;
    this.keep(outcome, item);
  }

  /** Given up for a task before it: nothing of this item was done. */
  givenUp(): void {
    if (this.outcomes.length === 0) this.context.debts.ended(this, 'undone', this.host);
  }

  private labelled(outcome: Outcome, names: Unit['names']): Outcome {
    const { task, host, context } = this;
    try {
      const label = labelOf(task, () => context.scope(host, task, names));
      return label === undefined || outcome.message === undefined
        ? outcome
        : { ...outcome, message: `${label}: ${outcome.message}` };
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      return isFailure(outcome.status) ? outcome : failed(error.diagnostics[0]);
    }
  }
}
