import type { Span } from '../core/source.ts';
import type { Task } from '../load/playbook.ts';

/** The keyword of each condition in a playbook. */
export const conditions = {
  when: 'when',
  until: 'until',
  changedWhen: 'changed_when',
  failedWhen: 'failed_when',
} as const satisfies Partial<Record<keyof Task, string>>;

/** The place of a keyword of a task, or of a part of its value. */
export function placeIn(task: Task): (...path: readonly (string | number)[]) => Span {
  return (...path) => task.document.locate([...task.path, ...path]);
}
