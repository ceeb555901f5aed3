import type { Diagnostic } from '../core/diagnostic.ts';
import type { Path } from '../core/source.ts';
import { type Reading, surelyFits } from './fits.ts';
import type { ModuleSchema, TSchema } from './schema.ts';
import { type Violation, violationsOf } from './validate.ts';
import { describeViolation, type Locate, type Wording } from './violation-text.ts';

export type { Locate, Wording } from './violation-text.ts';

/** Rendered arguments against the module's schema, strictly; defaults are filled in. */
export function checkArguments(
  module: ModuleSchema,
  values: unknown,
  locate: Locate,
): { values: Record<string, unknown>; diagnostics: Diagnostic[] } {
  const copy = copyOf(values ?? {}) as Record<string, unknown>;
  return {
    values: copy,
    diagnostics: describe(violationsIn(module.args, copy, 'final'), copy, { locate, wording: wordingOf(module) }),
  };
}

/** Arguments as they stand in the file: any part of them may be a text with `<% %>` instead. */
export function checkTemplated(module: ModuleSchema, values: unknown, locate: Locate): Diagnostic[] {
  const copy = copyOf(values ?? {});
  return describe(violationsIn(module.args, copy, 'templated'), copy, { locate, wording: wordingOf(module) });
}

/** Anything else that has a schema; `templated` as in `checkTemplated`. Defaults are not filled in. */
export function checkValue(
  schema: TSchema,
  value: unknown,
  telling: { readonly locate: Locate; readonly wording: Wording; readonly templated?: boolean },
): Diagnostic[] {
  const copy = copyOf(value);
  return describe(violationsIn(schema, copy, telling.templated ? 'templated' : 'final'), copy, telling);
}

function violationsIn(schema: TSchema, value: unknown, reading: Reading): readonly Violation[] {
  if (surelyFits(schema, value, reading)) return [];
  return violationsOf(schema, value, reading === 'templated' ? isUndecided : undefined);
}

function describe(
  violations: readonly Violation[],
  value: unknown,
  telling: { readonly locate: Locate; readonly wording: Wording },
): Diagnostic[] {
  return violations.map((violation) =>
    describeViolation({ ...telling, violation, path: pathOf(violation.instancePath, value) }),
  );
}

function wordingOf({ name }: ModuleSchema): Wording {
  return {
    owner: name,
    noun: 'argument',
    codes: { unknown: 'PV1204', missing: 'PV1203', type: 'PV1205', value: 'PV1206' },
    help: `provision doc ${name}`,
  };
}

/**
 * A text with an expression may become anything its schema wants, with one exception: an expression with text around
 * it never becomes anything but text.
 */
export function isUndecided({ data, keyword }: Violation): boolean {
  if (typeof data !== 'string' || !data.includes('<%')) return false;
  return (keyword !== 'type' && keyword !== 'anyOf') || /^\s*<%.*%>\s*$/s.test(data);
}

/** A copy to fill defaults into; the original belongs to a file that many tasks may share by aliases. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}

/** `/packages/2` as a path; a step is a number where the value is a list. */
function pathOf(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let current: unknown = value;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(current) ? Number(key) : key);
    current = (current as Record<string, unknown> | undefined)?.[key];
  }
  return path;
}
