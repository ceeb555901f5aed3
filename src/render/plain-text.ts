import { Failure } from './failure.ts';
import { kindOf } from './plain-value.ts';

/** The text of a simple value; a list, map or null in running text is a mistake, never `[object Object]`. */
export function plainText(...values: readonly unknown[]): string {
  const [value] = values;
  if (values.length !== 1) throw new Failure('PV3006', 'a tag prints one value', { help: 'write one tag for each' });
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  const given = typeof value === 'number' ? String(value) : kindOf(value);
  throw new Failure('PV3006', `the tag gives ${given}, which is no text`, { help: cureFor(value) });
}

function cureFor(value: unknown): string {
  if (Array.isArray(value)) return "join its items: `list.join(' ')`, or write a loop";
  if (typeof value === 'function') return 'call it: a function is followed by `(…)`';
  if (typeof value === 'object' && value !== null) return 'take a part of it: `map.key`, or `JSON.stringify(map)`';
  return "give a text for this case too: `value ?? ''`";
}
