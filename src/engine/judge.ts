import type { Task } from '../load/playbook.ts';
import { testCondition } from '../render/expression.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { failed, registered } from './registered.ts';
import type { Outcome } from './task.ts';
import { type Rendered, templatePlace } from './template-place.ts';

/** What the task's own conditions make of its outcome; its complaint gets a place. */
export function judge(task: Task, host: HostState, found: Outcome, context: PlayContext): Outcome {
  const outcome = located(task, found, { scope: () => context.scope(host, task), context: context.arguments });
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

/** A condition on the task's own result, which goes by its registered name. */
export function conditionHolds(
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

/** Gives a module's complaint its place: a line of the template, else the argument it names, else the task. */
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
