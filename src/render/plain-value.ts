import { Failure } from './failure.ts';

/**
 * What an expression gave, as plain data of this process: texts, finite numbers, true and false, null, lists and maps of
 * these. Anything else is a mistake in the expression.
 */
export function plainValue(value: unknown, what = 'the expression', above: readonly object[] = []): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw new Failure('PV3011', `${what} gives ${value}`, { help: 'check that all its parts are numbers' });
    case 'object':
      return value === null ? null : plainObject(value, what, above);
    case 'undefined':
      throw new Failure('PV3011', `${what} gives nothing (undefined)`, { help: 'give a value for every case' });
    default:
      throw new Failure('PV3011', `${what} gives a ${typeof value}, which is no data`, {
        ...(typeof value === 'function' && { help: 'call it: a function is followed by `(…)`' }),
      });
  }
}

function plainObject(value: object, what: string, above: readonly object[]): unknown {
  if (above.includes(value)) throw new Failure('PV3011', `${what} contains itself`);
  const inside = [...above, value];
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, index) => plainValue(value[index], `${what}[${index}]`, inside));
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    const kind = String((prototype as { constructor?: { name?: unknown } }).constructor?.name ?? 'object');
    const help = kind === 'Date' ? 'write `.toISOString()`' : 'make a list of it: `[...it]`';
    throw new Failure('PV3011', `${what} gives a ${kind}, which is no data`, { help });
  }
  const entries = Object.keys(value).map((key): [string, unknown] => {
    return [key, plainValue((value as Record<string, unknown>)[key], `${what}.${key}`, inside)];
  });
  return Object.fromEntries(entries);
}

/** `a list`, `a map`, `null`, `a text` … for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing (undefined)';
  if (Array.isArray(value)) return 'a list';
  const words: Readonly<Record<string, string>> = { object: 'a map', string: 'a text', boolean: 'true or false' };
  return words[typeof value] ?? `a ${typeof value}`;
}
