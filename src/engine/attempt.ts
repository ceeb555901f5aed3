import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../core/diagnostic.ts';
import type { TaskPlace } from '../core/event.ts';
import type { Task } from '../load/playbook.ts';
import { testCondition } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { renderArguments } from './arguments.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { failed, registered } from './registered.ts';
import { type Outcome, performTask } from './task.ts';
import { type Rendered, templatePlace } from './template-place.ts';

export interface Attempt {
  readonly context: PlayContext;
  readonly place: TaskPlace;
  readonly scope: Scope;
  readonly target: string;
}

/** Performs the task, again while `until` does not hold; then lets `failed_when` and `changed_when` judge. */
export async function attempt(
  task: Task,
  host: HostState,
  { context, place, scope, target }: Attempt,
): Promise<Outcome> {
  const module = context.module(task.module);
  if (!module) throw problem('PV9001', `module ${task.module} passed the checks but is not there`);
  const machine = context.machine(target);
  const args = renderArguments(task, module, scope, context.arguments);
  const as = context.identity(task, context.play, target);
  for (let tries = 1; ; tries++) {
    const pending = host.pending || machine.pending;
    const found = await performTask({ module, args, machine, place, pending, ...(as && { as }) }, context);
    const outcome = judged(task, host, located(task, found, { scope, context: context.arguments }), context);
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

/** Gives a module's complaint its place: a line of a template, or the argument it names, else the task. */
function located(task: Task, outcome: Outcome, rendered: Pick<Rendered, 'scope' | 'context'>): Outcome {
  const { diagnostic } = outcome;
  if (!diagnostic || diagnostic.at) return outcome;
  const at = diagnostic.argument
    ? task.document.locate([...task.path, task.module, ...diagnostic.argument])
    : task.document.locate([...task.path, task.module], 'key');
  const inTemplate = templatePlace(task, diagnostic, { ...rendered, at });
  if (inTemplate === undefined) return { ...outcome, diagnostic: { ...diagnostic, at } };
  const related = [...(diagnostic.related ?? []), { at, message: 'rendered for this task' }];
  return { ...outcome, diagnostic: { ...diagnostic, at: inTemplate, related } };
}
