import type { Task } from '../load/playbook.ts';
import { holds } from './condition.ts';
import { overlay } from './overlay.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { failed, registered } from './registered.ts';
import type { Outcome } from './task-outcome.ts';
import { type Rendered, templatePlace } from './template-place.ts';

/** What came of a task on a host, and the names that it saw there. */
export interface Found {
  readonly host: HostState;
  readonly names: Readonly<Record<string, unknown>>;
  readonly found: Outcome;
}

/** What the task's own conditions make of its outcome; its complaint gets a place. */
export function judge(task: Task, { host, names, found }: Found, context: PlayContext): Outcome {
  const folders = { ...context.arguments, templateFolders: task.templateFolders };
  const outcome = located(task, found, { scope: () => context.scope(host, task, names), context: folders });
  if (outcome.status !== 'ok' && outcome.status !== 'changed' && outcome.status !== 'failed') return outcome;
  const seen = { host, names, found: outcome };
  if (task.failedWhen !== undefined) {
    if (conditionHolds(task, 'failed_when', seen, context)) {
      const at = task.document.locate([...task.path, 'failed_when']);
      return { ...outcome, ...failed({ code: 'PV5005', message: '`failed_when` holds', at }), result: outcome.result };
    }
    if (outcome.status === 'failed') return { status: 'ok', diff: outcome.diff, result: outcome.result };
  }
  if (task.changedWhen === undefined || outcome.status === 'failed') return outcome;
  return { ...outcome, status: conditionHolds(task, 'changed_when', seen, context) ? 'changed' : 'ok' };
}

/** Whether the task's own conditions may make a failure of what went well. */
export function mayJudgeFailed({ failedWhen, changedWhen }: Task): boolean {
  return failedWhen !== undefined || (changedWhen !== undefined && !/^(true|false)$/.test(String(changedWhen)));
}

/** A condition on the task's own result, which goes by its registered name. */
export function conditionHolds(
  task: Task,
  keyword: 'until' | 'failed_when' | 'changed_when',
  { host, names, found }: Found,
  context: PlayContext,
): boolean {
  const condition = { until: task.until, failed_when: task.failedWhen, changed_when: task.changedWhen }[keyword];
  if (condition === undefined) return false;
  const own = task.register === undefined ? {} : { [task.register]: registered(found) };
  const data = overlay(host.data, own);
  return holds(condition, context.scope({ ...host, data }, task, names), task, keyword);
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
