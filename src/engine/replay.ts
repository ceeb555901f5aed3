import { problem } from '../core/diagnostic.ts';
import type { JournalLine, TaskKept } from '../core/journal-line.ts';
import type { EarlierBatch, EarlierPhase, EarlierTask } from './earlier-run.ts';
import type { Outcome } from './task-outcome.ts';

/** A task or item that is taken as done, since the user says so. */
export const takenAsDone: Outcome = { status: 'changed', message: 'taken as done', diff: [], result: {} };

/**
 * A host's way through the run that is resumed: it walks the plays again, and what a task came to then is what it comes to
 * now, until it gets to one that had not ended.
 */
export class Replay {
  private readonly host: string;
  private readonly batches: readonly EarlierBatch[];
  private phase: EarlierPhase | undefined;
  private open: EarlierTask[] = [];
  private at = 0;
  private isLater = false;
  private live = false;

  constructor(host: string, batches: readonly EarlierBatch[]) {
    this.host = host;
    this.batches = batches.filter(({ hosts }) => hosts.includes(host));
  }

  /** What it did in a play; nothing where it has not come there, or goes on before. */
  batch(play: number): EarlierBatch | undefined {
    return this.live ? undefined : this.batches.find((batch) => batch.play === play);
  }

  /** The host begins the tasks of a play, or its handlers at the end: what is known of those under way then. */
  enter(play: number, part: 'tasks' | 'handlers'): readonly JournalLine[] {
    const batch = this.batch(play);
    const { host } = this;
    this.phase = batch?.[part]?.get(host);
    this.open = [...(this.phase?.open ?? [])];
    this.at = 0;
    const handlersCame = part === 'tasks' && batch?.handlers !== undefined && this.phase?.cut !== true;
    this.isLater = batch !== undefined && (batch !== this.batches.at(-1) || handlersCame);
    return this.open.flatMap(({ items, sent }) => [...items.values(), ...sent]);
  }

  /** What comes next was done. */
  get following(): boolean {
    return !this.live && this.at < (this.phase?.done.length ?? 0);
  }

  /** What comes next was done or under way. */
  get busy(): boolean {
    return this.following || this.open.length > 0;
  }

  /** Nothing that was done comes any more, here or in what follows. */
  get through(): boolean {
    return !this.following && !this.isLater;
  }

  /** From here on the host does things; `true` for the first time. */
  goOn(): boolean {
    const first = !this.live;
    this.live = true;
    return first;
  }

  /**
   * What a task or block came to.
   * @throws ProvisionError PV5015 where it was another that came next
   */
  next(statement: { readonly name: string; readonly module: string }): EarlierTask {
    const task = this.phase?.done[this.at];
    if (task && task.task === statement.name && task.module === statement.module) {
      this.at += 1;
      return task;
    }
    throw problem(
      'PV5015',
      `the run that is resumed went on with \`${task?.task}\` here, not with \`${statement.name}\``,
      {
        help: 'run the playbook without `--resume`: what is right is left alone',
      },
    );
  }

  /** It is to be done once more: what it registers was not kept. */
  again(task: EarlierTask): void {
    this.open.unshift(task);
  }

  /** What is known of a task that was under way. */
  begun(number: number, pass: string): EarlierTask | undefined {
    const index = this.open.findIndex((task) => task.number === number && (task.pass ?? '') === pass);
    return index < 0 ? undefined : this.open.splice(index, 1)[0];
  }
}

export function isWithheld({ whole, items }: EarlierTask): boolean {
  return whole?.withheld === true || [...items.values()].some(({ withheld }) => withheld);
}

/** What came of a task or item, as far as later ones can see it. */
export function outcomeOf({ status, result, failure, args }: Partial<TaskKept> & Pick<TaskKept, 'status'>): Outcome {
  return {
    status,
    diff: [],
    result: result ?? {},
    ...(args && { args }),
    ...(failure && { message: failure.message, diagnostic: failure }),
  };
}
