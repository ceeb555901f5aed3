import { milliseconds } from '../core/clock.ts';
import type { Emit, TaskPlace } from '../core/event.ts';
import type { Status } from '../core/outcome.ts';
import type { Step } from '../core/plan.ts';
import type { Play, Statement, Task } from '../load/playbook.ts';
import type { SenderEnd } from './debts.ts';
import { confirmedKey, type EarlierTask } from './earlier-run.ts';
import { type Frame, failureOf, raise } from './frame.ts';
import { keptLine, type LoopItem } from './kept-line.ts';
import { hidden, withoutDetails } from './mask.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { isFailure, registered } from './registered.ts';
import { numberIn } from './statement-number.ts';
import type { TaskContext } from './task.ts';
import { lastLines, type Outcome } from './task-outcome.ts';

/** What is told of a task on a host, and what its end means; of a block only where it could not begin. */
export class StatementRun<S extends Statement = Statement> {
  readonly task: S;
  readonly frame: Frame;
  /** The play's, with the task's own way of telling. */
  readonly context: PlayContext & TaskContext;
  /** It has ended, or one of its items has failed: no further item is begun. */
  ended = false;
  /** It runs on this host for all. */
  once = false;
  /** Its items were kept one by one. */
  protected keptByItem = false;
  private sent = false;
  protected readonly host: HostState;
  private readonly given: PlayContext;
  private readonly output: string[] = [];
  private readonly emit: Emit;
  private started: number | undefined;

  constructor(task: S, host: HostState, context: PlayContext, frame: Frame) {
    this.task = task;
    this.host = host;
    this.given = context;
    this.frame = frame;
    this.emit = task.noLog ? withoutDetails(context.emit) : context.emit;
    this.context = {
      ...context,
      emit: (event) => {
        this.begin();
        if (event.event === 'output') this.output.push(event.line);
        this.emit(event);
      },
      sending: (step) => this.send(step),
      confirm: (question) => this.confirm(question),
      states: task.noLog ? undefined : context.states,
    };
  }

  /** The handlers that a change is to notify. */
  get handlers(): readonly string[] {
    return handlersFor(this.task.notify, this.context.play).map(({ name }) => name);
  }

  get number(): number {
    return numberIn(this.context.play, this.task);
  }

  get pass(): string {
    return this.frame.pass;
  }

  /** A step is about to leave, for the whole task or for an item of its loop. */
  protected send(step: Step, item?: number): void {
    const title = this.task.noLog ? hidden : step.title;
    this.sent = true;
    this.context.debts.sent(this, { step, title, ...(item !== undefined && { item }) });
  }

  private async confirm(question: string): Promise<boolean> {
    const { confirm, note, resumed, arguments: rendering } = this.given;
    const asked = rendering.secrets.mask(question);
    const yes = resumed?.earlier.confirmed.has(confirmedKey(this.place, asked)) || (await confirm(question));
    if (yes) note?.({ event: 'step.confirmed', ...this.place, question: asked });
    return yes;
  }

  /** Tells that it starts, once. */
  begin(): void {
    if (this.started !== undefined) return;
    this.started = milliseconds();
    this.emit({ event: 'task.start', ...this.place, ...this.origin });
  }

  /** What the end of a task means for the host: results kept, handlers notified, the host dropped when it failed. */
  end(outcome: Outcome): void {
    const { host, context } = this;
    const { status } = outcome;
    this.begin();
    const fate = this.fateOf(outcome);
    host.tally[fate.ignored || fate.rescued ? 'ok' : status] += 1;
    this.settle(outcome);
    context.debts.ended(this, endOf(status, fate.ignored || fate.rescued), host);
    this.tell(outcome, fate);
    this.drop(outcome, fate);
  }

  /** It ended in the run that is resumed: the same for the host, and nothing is told or counted. */
  recall(outcome: Outcome, { whole, items }: EarlierTask): void {
    this.ended = true;
    this.remember(outcome);
    for (const line of [...items.values(), ...(whole ? [whole] : [])]) this.context.note?.(line);
    this.context.note?.({ event: 'task.recalled', ...this.place, status: outcome.status });
    this.drop(outcome, this.fateOf(outcome));
  }

  /** What came of it, for who goes on with this run. */
  protected keep(outcome: Outcome, item?: LoopItem): void {
    const { note, arguments: rendering } = this.context;
    if (!note) return;
    const { task, place, number, pass, once, sent } = this;
    const line = keptLine({ task, place, number, pass, once, sent, ...(item && { item }) }, outcome, rendering.secrets);
    if (line) note(line);
  }

  private fateOf({ status, diagnostic }: Outcome): Fate {
    const mayGoOn = status === 'failed' && !isLockedOut(diagnostic?.code);
    const ignored = this.task.ignoreErrors && mayGoOn;
    const rescued = !ignored && mayGoOn && this.frame.catcher?.rescues === true;
    return { mayGoOn, ignored, rescued };
  }

  private settle(outcome: Outcome): void {
    this.ended = true;
    if (!this.keptByItem || this.once) this.keep(outcome);
    this.remember(outcome);
  }

  private remember(outcome: Outcome): void {
    const { task, host } = this;
    if (outcome.status === 'changed') for (const name of this.handlers) host.notified.add(name);
    if (task.register !== undefined) host.data[task.register] = registered(outcome);
  }

  private drop(outcome: Outcome, { mayGoOn, ignored }: Fate): void {
    const { task, host, frame, context } = this;
    const { status } = outcome;
    if (isFailure(status) && !mayGoOn) {
      host.ended = status;
      context.control.lost(host.name, task.anyErrorsFatal);
    } else if (status === 'failed' && !ignored) {
      raise({ failure: failureOf(task, outcome), fatal: task.anyErrorsFatal }, host, frame, context);
    }
  }

  private tell(outcome: Outcome, { ignored, rescued }: Fate): void {
    const { status, diagnostic, diff, notes } = outcome;
    const message = [...this.frame.labels, ...(outcome.message ? [outcome.message] : [])].join(': ');
    this.emit({
      event: 'task.end',
      ...this.place,
      ...this.origin,
      status,
      ms: Math.round(milliseconds() - (this.started ?? 0)),
      ...(message && { message }),
      ...(diagnostic && { code: diagnostic.code, diagnostic }),
      ...(this.context.diff && diff.length > 0 && { diff }),
      ...(notes && { notes }),
      ...(ignored && { ignored }),
      ...(rescued && { rescued }),
      ...(isFailure(status) && this.output.length > 0 && { output: lastLines(this.output) }),
    });
  }

  private get origin(): { readonly from?: string } {
    const { name } = this.task.document.source;
    return name === this.context.play.playbook.name ? {} : { from: name };
  }

  get place(): TaskPlace {
    return placeOf(this.task, this.host, this.context.play);
  }
}

export function placeOf({ name, module }: Statement, host: HostState, play: Play): TaskPlace {
  return { host: host.name, play: play.name, task: name, module };
}

/** What a failure leads to. */
interface Fate {
  /** The host itself is well. */
  readonly mayGoOn: boolean;
  readonly ignored: boolean;
  readonly rescued: boolean;
}

/** Another run has the host: nothing that a playbook says can be done there. */
function isLockedOut(code: string | undefined): boolean {
  return code === 'PV5040' || code === 'PV5042';
}

function endOf(status: Status, harmless: boolean): SenderEnd {
  return harmless || (status !== 'failed' && status !== 'unreachable') ? 'done' : status;
}

/** Each by its own name: several may answer to one. */
function handlersFor(notify: readonly string[], { handlers }: Play): readonly Task[] {
  return handlers.filter(({ name, listen }) => [name, ...listen].some((each) => notify.includes(each)));
}
