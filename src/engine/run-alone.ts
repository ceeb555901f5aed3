import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '../load/playbook.ts';
import { conditionHolds } from './judge.ts';
import { Place } from './line.ts';
import { loopItems, mergeItems } from './loop.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { prepare, type Unit } from './prepare.ts';
import { failed, isFailure, refusal, skipped } from './registered.ts';
import { type Assignment, type Outcome, performTask } from './task.ts';
import { TaskRun } from './task-run.ts';

/** A task that nothing may look past: on another machine, on one host for all, or again until something holds. */
export async function runAlone(task: Task, host: HostState, context: PlayContext): Promise<void> {
  const run = new TaskRun(task, host, context);
  run.begin();
  const outcome = (): Promise<Outcome> => outcomeOf(run, host);
  run.end(await (task.runOnce ? runOnce(task, host, context, outcome) : outcome()));
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
  const wasRun = outcome.status === 'ok' || outcome.status === 'changed';
  return { ...same, diff: [], message: `run once, on ${first.host}`, ...(wasRun && { status: 'skipped' }) };
}

async function outcomeOf(run: TaskRun, host: HostState): Promise<Outcome> {
  const { task, context } = run;
  try {
    const items = loopItems(task, context.scope(host, task));
    if (items === undefined) return await untilItHolds(run, host, run.unit());
    const outcomes: Outcome[] = [];
    for (const item of items) {
      context.signal.throwIfAborted();
      const outcome = await untilItHolds(run, host, run.unit({ item }));
      outcomes.push(outcome);
      if (isFailure(outcome.status)) break;
    }
    return mergeItems(items, outcomes);
  } catch (error) {
    return refusal(error, host.pending);
  }
}

/** Performs the task, again while `until` does not hold. */
async function untilItHolds(run: TaskRun, host: HostState, unit: Unit): Promise<Outcome> {
  const { task, context } = run;
  const assignment = prepare(unit, host, context);
  if (!assignment) return skipped;
  for (let tries = 1; ; tries++) {
    const outcome = run.judge(await performNow(assignment, run), assignment.machine);
    if (task.until === undefined || context.check || outcome.status === 'unreachable') return outcome;
    if (conditionHolds(task, 'until', host, outcome, context)) return outcome;
    if (tries > task.retries) return outcome.status === 'failed' ? outcome : neverHeld(task, outcome, tries);
    await sleep(task.delay * 1000, undefined, { signal: context.signal });
  }
}

async function performNow(assignment: Assignment, { context }: TaskRun): Promise<Outcome> {
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
