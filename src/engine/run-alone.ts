import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '../load/playbook.ts';
import type { Scope } from '../render/scope.ts';
import type { Frame } from './frame.ts';
import { conditionHolds } from './judge.ts';
import { Place } from './line.ts';
import { loopItems, mergeItems } from './loop.ts';
import { numberOf } from './number-of.ts';
import type { First, HostState, PlayContext } from './play-context.ts';
import { prepare, type Unit } from './prepare.ts';
import { failed, isFailure, refusal, skipped } from './registered.ts';
import { type Assignment, performTask, type TaskContext } from './task.ts';
import type { Outcome } from './task-outcome.ts';
import { TaskRun } from './task-run.ts';

/** A task that nothing may look past: on another machine, on one host for all, or again until something holds. */
export async function runAlone(task: Task, frame: Frame, host: HostState, context: PlayContext): Promise<void> {
  const run = new TaskRun(task, host, context, frame);
  run.begin();
  const work = (): Promise<Outcome> => outcomeOf(run, host);
  const outcome = () => throttled(run, host, work);
  run.end(await (isOnce(task) ? runOnce(run, host, outcome) : outcome()));
}

/** Beside no more hosts than `throttle` allows. */
async function throttled(run: TaskRun, host: HostState, work: () => Promise<Outcome>): Promise<Outcome> {
  const { task, context } = run;
  if (task.throttle === undefined) return work();
  try {
    const limit = numberOf('throttle', task.throttle, scopeOf(run, host));
    return await context.throttled(task, limit, work);
  } catch (error) {
    return refusal(error, host.pending);
  }
}

/** For expressions of the task's keywords. */
function scopeOf({ task, context, frame }: TaskRun, host: HostState, names = frame.names): () => Scope {
  return () => context.scope(host, task, names);
}

/** A question is for all hosts: one of them asks it. */
function isOnce({ runOnce, module, args }: Task): boolean {
  return runOnce || (module === 'pause' && typeof args === 'object' && args !== null && 'prompt' in args);
}

/** The first host runs the task; the others wait for what came of it, and register the same. */
async function runOnce(run: TaskRun, host: HostState, work: () => Promise<Outcome>) {
  const { task, frame, context } = run;
  const passes = context.once.get(task) ?? new Map<string, First>();
  context.once.set(task, passes);
  const first = passes.get(frame.pass) ?? { host: host.name, outcome: work() };
  passes.set(frame.pass, first);
  run.once = first.host === host.name;
  if (run.once) return first.outcome;
  const outcome = await context.waitApart(first.outcome);
  if (context.check && outcome.status === 'changed') host.pending = true;
  const { diagnostic: _shownOnTheFirst, ...same } = outcome;
  const wasRun = outcome.status === 'ok' || outcome.status === 'changed';
  const message = `run once, on ${first.host}`;
  return { ...same, diff: [], message, ...(wasRun && { status: 'skipped' as const }) };
}

async function outcomeOf(run: TaskRun, host: HostState): Promise<Outcome> {
  const { task, context, frame } = run;
  try {
    const items = loopItems(task, context.scope(host, task, frame.names));
    if (items === undefined) return run.recalled() ?? (await untilItHolds(run, host, run.whole));
    const outcomes = await eachItem(items, paceOf(run, host), (unit) => untilItHolds(run, host, unit));
    const begun = items.filter((_, index) => outcomes[index] !== undefined);
    return mergeItems(begun, Object.values(outcomes));
  } catch (error) {
    return refusal(error, host.pending);
  }
}

interface Pace {
  readonly run: TaskRun;
  readonly parallel: number;
  /** Seconds. */
  readonly pause: number;
}

function paceOf(run: TaskRun, host: HostState): Pace {
  const { parallel, pause } = run.task.loopControl;
  const scope = scopeOf(run, host);
  return { run, parallel: numberOf('parallel', parallel, scope), pause: numberOf('pause', pause, scope) };
}

/** What came of each item that was begun, as many at once as the loop allows; after a failure no other is. */
async function eachItem(items: readonly unknown[], pace: Pace, work: (unit: Unit) => Promise<Outcome>) {
  const { run, parallel, pause } = pace;
  const { signal } = run.context;
  const outcomes: Outcome[] = [];
  let next = 0;
  let failing = false;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length && !failing; index = next++) {
      signal.throwIfAborted();
      if (pause > 0 && index > 0) await sleep(pause * 1000, undefined, { signal });
      const outcome = run.recalled({ index, value: items[index] }) ?? (await work(run.item(items[index], index)));
      outcomes[index] = outcome;
      run.keepItem(outcome, { index, value: items[index] });
      failing ||= isFailure(outcome.status);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(parallel, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return outcomes;
}

/** Performs the task, again while `until` does not hold. */
async function untilItHolds(run: TaskRun, host: HostState, unit: Unit): Promise<Outcome> {
  const { task, context } = run;
  const prepared = prepare(unit, host, context);
  if (!prepared) return skipped;
  const { retries, delay, backoff, timeout } = triesOf(run, host, unit);
  const once = async (): Promise<Outcome> =>
    'act' in prepared
      ? run.judge(await prepared.act(host, run.context), unit)
      : run.judge(await performNow(prepared, { task, timeout }, run.contextOf(unit)), unit, prepared.machine);
  for (let tries = 1; ; tries++) {
    const outcome = await once();
    if ('act' in prepared && prepared.keeps) Object.assign(host.data, prepared.keeps);
    if (!task.again || context.check || outcome.status === 'unreachable') return outcome;
    if (isEnough(run, host, unit, outcome)) return outcome;
    if (tries > retries) return outcome.status === 'failed' ? outcome : neverHeld(task, outcome, tries);
    await sleep(delay * backoff ** (tries - 1) * 1000, undefined, { signal: context.signal });
  }
}

/** How often a task is tried, and how long. */
function triesOf(run: TaskRun, host: HostState, { names }: Unit) {
  const { retries, delay, backoff, timeout } = run.task;
  const scope = scopeOf(run, host, names);
  return {
    retries: numberOf('retries', retries, scope),
    delay: numberOf('delay', delay, scope),
    backoff: numberOf('backoff', backoff, scope),
    timeout: timeout === undefined ? undefined : numberOf('timeout', timeout, scope),
  };
}

/** `until` holds; without it, the task has succeeded. */
function isEnough({ task, context }: TaskRun, host: HostState, { names }: Unit, outcome: Outcome): boolean {
  if (task.until === undefined) return outcome.status !== 'failed';
  return conditionHolds(task, 'until', { host, names, found: outcome }, context);
}

/** Within its `timeout`: what is carried out then is stopped. */
async function performNow(
  assignment: Assignment,
  { task, timeout }: { readonly task: Task; readonly timeout: number | undefined },
  context: TaskRun['context'],
): Promise<Outcome> {
  if (timeout === undefined) return performIn(assignment, context);
  const limit = AbortSignal.timeout(timeout * 1000);
  const bounded = { ...context, signal: AbortSignal.any([context.signal, limit]) };
  try {
    return await performIn(assignment, bounded);
  } catch (error) {
    if (!limit.aborted || context.signal.aborted) throw error;
    const at = task.document.locate([...task.path, 'timeout']);
    return failed({ code: 'PV5010', message: `not done within ${timeout} seconds`, at });
  }
}

async function performIn(assignment: Assignment, context: TaskContext): Promise<Outcome> {
  return assignment.machine.exclusively(async (turn) => {
    const spot = { place: new Place(), turn, told: false, sent: false, abandoned: () => false };
    const outcome = await performTask({ assignment, context, spot });
    if (outcome) return outcome;
    throw new Error('a task that stands alone was given up for one before it');
  });
}

function neverHeld(task: Task, outcome: Outcome, tries: number): Outcome {
  const at = task.document.locate([...task.path, 'until']);
  const message = `\`until\` did not hold, tried ${tries} ${tries === 1 ? 'time' : 'times'}`;
  const help = 'see what the task registers, or give it more `retries` and `delay`';
  return { ...outcome, ...failed({ code: 'PV5009', message, at, help }), result: outcome.result };
}
