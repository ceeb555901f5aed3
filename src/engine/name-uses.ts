import type { Located, Path, Span } from '../core/source.ts';
import { programOf } from '../render/program.ts';
import { standardNames } from '../render/sandbox.ts';
import type { Form } from '../render/syntax.ts';

/** A text that takes names from its scope. */
export interface NamingText {
  readonly names: ReadonlySet<string>;
  readonly path: Path;
}

/** A text that names something, and where it stands. */
export interface PlacedNames extends NamingText {
  readonly at: Span;
}

/** Conditions are expressions without tags. */
const bareKeywords = new Set(['when', 'until', 'changed_when', 'failed_when']);
/** Statements of their own stand below these. */
const statementKeywords = new Set([
  'block',
  'rescue',
  'always',
  'tasks',
  'handlers',
  'pre_tasks',
  'post_tasks',
  'roles',
]);

/** Every name that a text looks up, also those it asks for with `has` or `get`. */
export function namesIn(text: string, form: Form): ReadonlySet<string> {
  const { facts } = programOf(text, form);
  const free = facts.free.map(({ name }) => name).filter((name) => !standardNames.includes(name));
  return new Set([...free, ...facts.asked]);
}

/** Where a text has a name for the first time; nowhere if it only asks for it with `has` or `get`. */
export function offsetOfName(text: string, form: Form, name: string): number | undefined {
  return programOf(text, form).facts.free.find((free) => free.name === name)?.start;
}

/** All texts with names in a value: of a variable, of arguments. */
export function namingTexts(value: unknown, path: Path = [], form: Form = 'value'): readonly NamingText[] {
  if (typeof value === 'string') {
    if (form === 'value' && !value.includes('<%')) return [];
    const names = namesIn(value, form);
    return names.size === 0 ? [] : [{ names, path }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => namingTexts(item, [...path, index], form));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => namingTexts(item, [...path, key], form));
}

/** What is written of a task or block: its keywords, conditions among them, and its arguments. */
export function textsOfStatement({
  document,
  path,
}: {
  readonly document: Located;
  readonly path: Path;
}): readonly PlacedNames[] {
  const written = path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown>)?.[step],
    document.value,
  );
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written)
    .filter(([key]) => !statementKeywords.has(key))
    .flatMap(([key, value]) => namingTexts(value, [key], bareKeywords.has(key) ? 'condition' : 'value'))
    .map(({ names, path: inner }) => ({ names, path: inner, at: document.locate([...path, ...inner]) }));
}
