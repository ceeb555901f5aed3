import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceText } from '../core/source.ts';
import type { Scope } from './scope.ts';

/** The text of a template file; values are escaped for what it produces, by the name before `.ejs`. */
export function renderTemplate(source: SourceText, _scope: Scope): string {
  return source.text;
}

/** Mistakes of syntax in a template; needs no scope. */
export function checkTemplate(_source: SourceText): Diagnostic[] {
  return [];
}
