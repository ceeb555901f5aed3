import type { Emit, TaskPlace } from '../core/event.ts';
import type { Status } from '../core/outcome.ts';
import type { Play, Statement, Task } from '../load/playbook.ts';
import type { SenderEnd } from './debts.ts';
import { type Frame, failureOf, raise } from './frame.ts';
import { hidden, withoutDetails } from './mask.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { isFailure, registered } from './registered.ts';
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
  protected readonly host: HostState;
  private readonly output: string[] = [];
  private readonly emit: Emit;
  private started: number | undefined;

  constructor(task: S, host: HostState, context: PlayContext, frame: Frame) {
    this.task = task;
    this.host = host;
    this.frame = frame;
    this.emit = task.noLog ? withoutDetails(context.emit) : context.emit;
    this.context = {
      ...context,
      emit: (event) => {
        this.begin();
        if (event.event === 'output') this.output.push(event.line);
        this.emit(event);
      },
      sending: (step) => context.debts.sent(this, step, task.noLog ? hidden : step.title),
      states: task.noLog ? undefined : context.states,
    };
  }

  /** The handlers that a change is to notify. */
  get handlers(): readonly string[] {
    return handlersFor(this.task.notify, this.context.play).map(({ name }) => name);
  }

  /** Tells that it starts, once. */
  begin(): void {
    if (this.started !== undefined) return;
    this.started = performance.now();
    this.emit({ event: 'task.start', ...this.place });
  }

  /** What the end of a task means for the host: results kept, handlers notified, the host dropped when it failed. */
  end(outcome: Outcome): void {
    const { task, host, frame, context } = this;
    const { status } = outcome;
    this.begin();
    this.ended = true;
    const mayGoOn = status === 'failed' && !isLockedOut(outcome);
    const ignored = task.ignoreErrors && mayGoOn;
    const rescued = !ignored && mayGoOn && frame.catcher?.rescues === true;
    host.tally[ignored || rescued ? 'ok' : status] += 1;
    if (status === 'changed') for (const name of this.handlers) host.notified.add(name);
    context.debts.ended(this, endOf(status, ignored || rescued), host);
    if (task.register !== undefined) host.data[task.register] = registered(outcome);
    this.tell(outcome, { ...(ignored && { ignored: true }), ...(rescued && { rescued: true }) });
    if (isFailure(status) && !mayGoOn) {
      host.ended = status;
      context.control.lost(task.anyErrorsFatal);
    } else if (status === 'failed' && !ignored) {
      raise({ failure: failureOf(task, outcome), fatal: task.anyErrorsFatal }, host, frame, context);
    }
  }

  private tell(outcome: Outcome, not: { readonly ignored?: true; readonly rescued?: true }): void {
    const { status, message, diagnostic, diff, notes } = outcome;
    this.emit({
      event: 'task.end',
      ...this.place,
      status,
      ms: Math.round(performance.now() - (this.started ?? 0)),
      ...(message && { message }),
      ...(diagnostic && { code: diagnostic.code, diagnostic }),
      ...(this.context.diff && diff.length > 0 && { diff }),
      ...(notes && { notes }),
      ...not,
      ...(isFailure(status) && this.output.length > 0 && { output: lastLines(this.output) }),
    });
  }

  get place(): TaskPlace {
    const { task, host, context } = this;
    return { host: host.name, play: context.play.name, task: task.name, module: task.module };
  }
}

/** Another run has the host: nothing that a playbook says can be done there. */
function isLockedOut({ diagnostic }: Outcome): boolean {
  return diagnostic?.code === 'PV5040' || diagnostic?.code === 'PV5042';
}

function endOf(status: Status, harmless: boolean): SenderEnd {
  return harmless || (status !== 'failed' && status !== 'unreachable') ? 'done' : status;
}

/** Each by its own name: several may answer to one. */
function handlersFor(notify: readonly string[], { handlers }: Play): readonly Task[] {
  return handlers.filter(({ name, listen }) => [name, ...listen].some((each) => notify.includes(each)));
}
