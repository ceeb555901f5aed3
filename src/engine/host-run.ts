import { ProvisionError, problem } from '../core/diagnostic.ts';
import type { Emit, TaskPlace } from '../core/event.ts';
import type { Path, Span } from '../core/source.ts';
import type { Play, Task } from '../load/playbook.ts';
import { evaluate, testCondition } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { attempt } from './attempt.ts';
import { loopItems, mergeItems } from './loop.ts';
import { withoutDetails } from './mask.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { failed, isFailure, registered, unknownYet } from './registered.ts';
import { lastLines, type Outcome } from './task.ts';

/** One host's tasks, in order, until one fails. */
export async function runTasks(tasks: readonly Task[], host: HostState, context: PlayContext): Promise<void> {
  for (const task of tasks) {
    if (host.ended) return;
    context.signal.throwIfAborted();
    await runTask(task, host, context);
  }
}

/** The handlers that tasks of this play notified on this host, each once, in the order they are written. */
export async function runHandlers(host: HostState, context: PlayContext): Promise<void> {
  for (
    let handler = nextHandler(host, context.play);
    handler && !host.ended;
    handler = nextHandler(host, context.play)
  ) {
    context.signal.throwIfAborted();
    for (const name of [handler.name, ...handler.listen]) host.notified.delete(name);
    await runTask(handler, host, context);
  }
}

function nextHandler(host: HostState, play: Play): Task | undefined {
  return play.handlers.find((handler) => [handler.name, ...handler.listen].some((name) => host.notified.has(name)));
}

async function runTask(task: Task, host: HostState, context: PlayContext): Promise<void> {
  const place = { host: host.name, play: context.play.name, task: task.name, module: task.module };
  const started = performance.now();
  const output: string[] = [];
  const emit = recordOutput(task.noLog ? withoutDetails(context.emit) : context.emit, output);
  emit({ event: 'task.start', ...place });
  const run = (): Promise<Outcome> => outcomeOf(task, host, { ...context, emit }, place);
  const outcome = await (task.runOnce ? runOnce(task, host, context, run) : run());
  const ignored = task.ignoreErrors && outcome.status === 'failed';
  settle(task, host, outcome, ignored);
  emit({
    event: 'task.end',
    ...place,
    status: outcome.status,
    ms: Math.round(performance.now() - started),
    ...(outcome.message && { message: outcome.message }),
    ...(outcome.diagnostic && { code: outcome.diagnostic.code, diagnostic: outcome.diagnostic }),
    ...(context.diff && outcome.diff.length > 0 && { diff: outcome.diff }),
    ...(ignored && { ignored: true as const }),
    ...(isFailure(outcome.status) && output.length > 0 && { output: lastLines(output) }),
  });
}

/** The first host runs the task; the others wait for what came of it, and register the same. */
async function runOnce(
  task: Task,
  host: HostState,
  { once, check }: PlayContext,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const first = once.get(task) ?? { host: host.name, outcome: run() };
  once.set(task, first);
  const outcome = await first.outcome;
  if (first.host === host.name) return outcome;
  if (check && outcome.status === 'changed') host.pending = true;
  const { diagnostic: _shownOnTheFirst, ...same } = outcome;
  const skipped = outcome.status === 'ok' || outcome.status === 'changed';
  return { ...same, diff: [], message: `run once, on ${first.host}`, ...(skipped && { status: 'skipped' }) };
}

function recordOutput(emit: Emit, lines: string[]): Emit {
  return (event) => {
    if (event.event === 'output') lines.push(event.line);
    emit(event);
  };
}

/** What the end of a task means for the host: results kept, handlers notified, the host dropped when it failed. */
function settle(task: Task, host: HostState, outcome: Outcome, ignored: boolean): void {
  const { status } = outcome;
  host.tally[ignored ? 'ok' : status] += 1;
  if (status === 'changed') for (const name of task.notify) host.notified.add(name);
  if (isFailure(status) && !ignored) host.ended = status;
  if (task.register === undefined) return;
  host.data[task.register] = registered(outcome);
}

async function outcomeOf(task: Task, host: HostState, context: PlayContext, place: TaskPlace): Promise<Outcome> {
  try {
    const items = loopItems(task, context.scope(host, task));
    if (items === undefined) return await runItem(task, host, context, place);
    const outcomes: Outcome[] = [];
    for (const item of items) {
      context.signal.throwIfAborted();
      const outcome = await runItem(task, host, context, place, { item });
      outcomes.push(outcome);
      if (isFailure(outcome.status)) break;
    }
    return mergeItems(items, outcomes);
  } catch (error) {
    return refusal(error, host.pending);
  }
}

/** A task that could not even begin: its arguments or conditions are wrong, or not known yet. */
function refusal(error: unknown, pending: boolean): Outcome {
  if (!(error instanceof ProvisionError)) throw error;
  return pending ? unknownYet : failed(error.diagnostics[0]);
}

async function runItem(
  task: Task,
  host: HostState,
  context: PlayContext,
  place: TaskPlace,
  item?: { readonly item: unknown },
): Promise<Outcome> {
  const scope = context.scope(host, task, item);
  const at = (...path: Path): Span => task.document.locate([...task.path, ...path]);
  if (task.when !== undefined && !testCondition(task.when, scope, at('when'))) {
    return { status: 'skipped', diff: [], result: {} };
  }
  const target = machineName(task, scope, host.name, at);
  const down = target === host.name ? undefined : context.ended(target);
  if (down) {
    throw problem(
      'PV5004',
      `${target}, to which this task is delegated, ${down === 'failed' ? 'failed' : 'was unreachable'} earlier in this run`,
      {
        at: at('delegate_to'),
        help: `mend ${target} first; its own error is above`,
      },
    );
  }
  return attempt(task, host, { context, place, scope, target });
}

function machineName(task: Task, scope: Scope, own: string, at: (...path: Path) => Span): string {
  if (task.delegateTo === undefined) return own;
  const name = evaluate(task.delegateTo, scope, () => at('delegate_to'));
  if (typeof name === 'string') return name;
  throw problem('PV5006', 'delegate_to must name one host', { at: at('delegate_to') });
}
