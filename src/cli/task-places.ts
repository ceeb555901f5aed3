import type { Span } from '../core/source.ts';
import type { Condition, Statement, Task } from '../load/playbook.ts';

/** The place of a keyword of a task or block, or of a part of its value. */
export function placeIn(statement: Statement): (...path: readonly (string | number)[]) => Span {
  return (...path) => statement.document.locate([...statement.path, ...path]);
}

interface Conditional {
  readonly condition: Condition;
  readonly keyword: string;
}

/** Every condition of a task or block, by its keyword. */
export function conditionsOf(statement: Statement | Task): readonly Conditional[] {
  const { until, changedWhen, failedWhen } = 'args' in statement ? statement : {};
  const all = { when: statement.when, until, changed_when: changedWhen, failed_when: failedWhen };
  return Object.entries(all).flatMap(([keyword, condition]) =>
    condition === undefined ? [] : [{ condition, keyword }],
  );
}

/** An argument that is an expression as it stands: that of `debug: { var: … }`. */
export function bareArgument(task: Task): { readonly text: string; readonly at: Span } | undefined {
  if (task.module !== 'debug' || typeof task.args !== 'object' || task.args === null) return undefined;
  const text = 'var' in task.args ? task.args.var : undefined;
  return typeof text === 'string' ? { text, at: placeIn(task)('debug', 'var') } : undefined;
}
