import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import type { Emit, TaskPlace } from '../core/event.ts';
import { emptyTally, type Status, type Tally } from '../core/outcome.ts';
import type { Path, Span } from '../core/source.ts';
import type { Play, Task } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import { evaluate, testCondition } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { renderArguments } from './arguments.ts';
import { loopItems, mergeItems } from './loop.ts';
import type { Machine } from './machine.ts';
import { withoutDetails } from './mask.ts';
import { lastLines, type Outcome, performTask, type TaskContext } from './task.ts';

/** What one host carries through a run: results, what it owes to handlers, how its tasks ended. */
export interface HostState {
  readonly name: string;
  /** Registered results; never evaluated again. */
  readonly data: Record<string, unknown>;
  readonly tally: Tally;
  /** Set when the host drops out of the run. */
  ended?: 'failed' | 'unreachable';
  /** Check mode: something would have changed, so what cannot be read now may be readable later. */
  pending: boolean;
  readonly notified: Set<string>;
}

export function newHostState(name: string): HostState {
  return { name, data: {}, tally: emptyTally(), pending: false, notified: new Set() };
}

/** What the tasks of a play need from the run they are part of. */
export interface PlayContext extends TaskContext {
  readonly play: Play;
  readonly diff: boolean;
  readonly module: (name: string) => AnyModule | undefined;
  readonly scope: (host: HostState, task: Task, item?: { readonly item: unknown }) => Scope;
  readonly machine: (name: string) => Machine;
  readonly identity: (task: Task, play: Play, machine: string) => { readonly user: string } | undefined;
  readonly arguments: Pick<Parameters<typeof renderArguments>[3], 'templateFolders' | 'secrets'>;
  /** How a host named by `delegate_to` stands; `undefined` while it is well. */
  readonly ended: (host: string) => 'failed' | 'unreachable' | undefined;
  /** Tasks with `run_once`, and what came of them on the host that got there first. */
  readonly once: Map<Task, { readonly host: string; readonly outcome: Promise<Outcome> }>;
}

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

function isFailure(status: Status): status is 'failed' | 'unreachable' {
  return status === 'failed' || status === 'unreachable';
}

/** The shape every registered result has. */
function registered({ status, result }: Outcome): Record<string, unknown> {
  return {
    ...result,
    status,
    changed: status === 'changed',
    failed: isFailure(status),
    skipped: status === 'skipped',
  };
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
  if (pending)
    return { status: 'unknown', message: 'depends on a change that check mode did not make', diff: [], result: {} };
  return failed(error.diagnostics[0]);
}

function failed(diagnostic: Diagnostic): Outcome {
  return { status: 'failed', message: diagnostic.message, diagnostic, diff: [], result: {} };
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

interface Attempt {
  readonly context: PlayContext;
  readonly place: TaskPlace;
  readonly scope: Scope;
  readonly target: string;
}

/** Performs the task, again while `until` does not hold; then lets `failed_when` and `changed_when` judge. */
async function attempt(task: Task, host: HostState, { context, place, scope, target }: Attempt): Promise<Outcome> {
  const module = context.module(task.module);
  if (!module) throw problem('PV9001', `module ${task.module} passed the checks but is not there`);
  const machine = context.machine(target);
  const args = renderArguments(task, module, scope, context.arguments);
  const as = context.identity(task, context.play, target);
  for (let tries = 1; ; tries++) {
    const pending = host.pending || machine.pending;
    const found = await performTask({ module, args, machine, place, pending, ...(as && { as }) }, context);
    const outcome = judged(task, host, located(task, found), context);
    if (context.check && (outcome.status === 'changed' || outcome.status === 'unknown'))
      host.pending = machine.pending = true;
    if (task.until === undefined || context.check || outcome.status === 'unreachable') return outcome;
    if (conditionHolds(task, 'until', host, outcome, context)) return outcome;
    if (tries > task.retries) return outcome.status === 'failed' ? outcome : neverHeld(task, outcome, tries);
    await sleep(task.delay * 1000, undefined, { signal: context.signal });
  }
}

function neverHeld(task: Task, outcome: Outcome, tries: number): Outcome {
  const at = task.document.locate([...task.path, 'until']);
  const message = `\`until\` did not hold, tried ${tries} ${tries === 1 ? 'time' : 'times'}`;
  const help = 'see what the task registers, or give it more `retries` and `delay`';
  return { ...outcome, ...failed({ code: 'PV5009', message, at, help }), result: outcome.result };
}

/** A condition on the task's own result, which goes by its registered name. */
function conditionHolds(
  task: Task,
  keyword: 'until' | 'failed_when' | 'changed_when',
  host: HostState,
  outcome: Outcome,
  context: PlayContext,
): boolean {
  const text = { until: task.until, failed_when: task.failedWhen, changed_when: task.changedWhen }[keyword];
  if (text === undefined) return false;
  const data = task.register === undefined ? host.data : { ...host.data, [task.register]: registered(outcome) };
  return testCondition(text, context.scope({ ...host, data }, task), task.document.locate([...task.path, keyword]));
}

function judged(task: Task, host: HostState, outcome: Outcome, context: PlayContext): Outcome {
  if (outcome.status !== 'ok' && outcome.status !== 'changed' && outcome.status !== 'failed') return outcome;
  if (task.failedWhen !== undefined) {
    if (conditionHolds(task, 'failed_when', host, outcome, context)) {
      const at = task.document.locate([...task.path, 'failed_when']);
      return { ...outcome, ...failed({ code: 'PV5005', message: '`failed_when` holds', at }), result: outcome.result };
    }
    if (outcome.status === 'failed') return { status: 'ok', diff: outcome.diff, result: outcome.result };
  }
  if (task.changedWhen === undefined || outcome.status === 'failed') return outcome;
  return { ...outcome, status: conditionHolds(task, 'changed_when', host, outcome, context) ? 'changed' : 'ok' };
}

/** Gives a module's complaint its place: the argument it names, else the task. */
function located(task: Task, outcome: Outcome): Outcome {
  const { diagnostic } = outcome;
  if (!diagnostic || diagnostic.at) return outcome;
  const at = diagnostic.argument
    ? task.document.locate([...task.path, task.module, ...diagnostic.argument])
    : task.document.locate([...task.path, task.module], 'key');
  return { ...outcome, diagnostic: { ...diagnostic, at } };
}

function machineName(task: Task, scope: Scope, own: string, at: (...path: Path) => Span): string {
  if (task.delegateTo === undefined) return own;
  const name = evaluate(task.delegateTo, scope, () => at('delegate_to'));
  if (typeof name === 'string') return name;
  throw problem('PV5006', 'delegate_to must name one host', { at: at('delegate_to') });
}
