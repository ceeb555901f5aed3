import type { Diagnostic } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import type { Scope } from './scope.ts';

/** The place of a part of the value, as the document that it comes from knows it. */
export type Locate = (path: Path) => Span | undefined;

/** The value with every text in it evaluated. A text that is exactly one `<%= … %>` keeps the type of its result. */
export function evaluate(value: unknown, _scope: Scope, _locate: Locate): unknown {
  return value;
}

/** A bare JavaScript expression (`when`, `until`, …); what it gives must be true or false. */
export function testCondition(text: string | boolean, _scope: Scope, _at?: Span): boolean {
  return text === true;
}

/** Mistakes of syntax in the texts of a value; needs no scope. */
export function checkExpressions(_value: unknown, _locate: Locate): Diagnostic[] {
  return [];
}

/** Mistakes of syntax in a bare condition. */
export function checkCondition(_text: string | boolean, _at?: Span): Diagnostic[] {
  return [];
}

/** The names that a text with tags, or a bare condition, takes from its scope; those asked for by `has` left out. */
export function namesUsed(_text: string, _form: 'text' | 'condition' = 'text'): ReadonlySet<string> {
  return new Set();
}
