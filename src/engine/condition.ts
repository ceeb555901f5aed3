import type { Path, Span } from '../core/source.ts';
import type { Condition, Statement } from '../load/playbook.ts';
import { testCondition } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';

/** Whether a condition holds, or each of a list of them. `keyword`: where it stands in the statement. */
export function holds(condition: Condition, scope: Scope, statement: Statement, keyword: string): boolean {
  return partsOf(condition, statement, keyword).every(({ text, at }) => testCondition(text, scope, at()));
}

interface Part {
  readonly text: string | boolean;
  readonly at: () => Span;
}

/** The conditions that must all hold, each with its place. */
export function partsOf(condition: Condition, { document, path }: Statement, keyword: string): readonly Part[] {
  const at =
    (...inner: Path) =>
    () =>
      document.locate([...path, keyword, ...inner]);
  if (typeof condition !== 'object') return [{ text: condition, at: at() }];
  return condition.map((text, index) => ({ text, at: at(index) }));
}
