import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { TaskKept } from '../core/journal-line.ts';
import type { Task } from '../load/playbook.ts';
import { redo } from './actions.ts';
import type { EarlierTask } from './earlier-run.ts';
import type { Frame } from './frame.ts';
import { judge } from './judge.ts';
import { digestOf, type LoopItem } from './kept-line.ts';
import { itemNames, labelOf, mergeItems } from './loop.ts';
import type { Machine } from './machine.ts';
import type { HostState, PlayContext } from './play-context.ts';
import type { Unit } from './prepare.ts';
import { failed, isFailure, refusal } from './registered.ts';
import { outcomeOf, takenAsDone } from './replay.ts';
import { StatementRun } from './statement-run.ts';
import type { Outcome } from './task-outcome.ts';

/** One task on one host, from its first event to its last. */
export class TaskRun extends StatementRun<Task> {
  private readonly outcomes: Outcome[] = [];

  /** What is known of it where it was under way in the run that is resumed. */
  private readonly earlier: EarlierTask | undefined;

  constructor(task: Task, host: HostState, context: PlayContext, frame: Frame) {
    super(task, host, context, frame);
    this.earlier = host.replay?.begun(this.number, frame.pass);
  }

  /** What came of it, or of an item of its loop, before that run was cut short. */
  recalled(item?: LoopItem): Outcome | undefined {
    const { earlier, context, host, task } = this;
    if (!earlier) return undefined;
    const known = item && earlier.items.get(item.index);
    if (known && item && known.of !== digestOf(item.value, context.arguments.secrets)) return failed(otherItem(known));
    if (known && !known.withheld) {
      if (known.args) redo(task, known.args, host, context);
      return outcomeOf(known);
    }
    const sent = earlier.unsure.get(item?.index);
    return sent && context.resumed?.asDone.has(sent) ? takenAsDone : undefined;
  }

  /** What was sent in that run and is found done now was changed by it. */
  private restated(outcome: Outcome, item?: number): Outcome {
    const isDone = outcome.status === 'ok' && this.earlier?.changing.has(item);
    return isDone ? { ...outcome, status: 'changed', message: 'done in the run that is resumed' } : outcome;
  }

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
  judge(found: Outcome, { names, index }: Unit, machine?: Machine): Outcome {
    const outcome = this.judged(names, this.restated(found, index));
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

function otherItem({ task, item = 0 }: TaskKept): Diagnostic {
  return {
    code: 'PV5015',
    message: `item ${item + 1} of \`${task}\` is another one than in the run that is resumed`,
    help: 'run the playbook without `--resume`: what is right is left alone',
  };
}
