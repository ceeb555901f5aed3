import { problem } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import type { Span } from '../core/source.ts';

/** The names that an expression can see: variables, what provision adds, and functions. Nothing else exists for it. */
export interface Scope {
  has(name: string): boolean;
  /** The evaluated value; throws a diagnostic when there is no such name or its own expression fails. */
  resolve(name: string): unknown;
  /** Every name there is, for "did you mean". */
  names(): readonly string[];
  /** Where a missing name could be defined: `inventory/hosts.yml under host alfa, or vars of the play`. */
  readonly whereToDefine?: string;
  /** Learns what expressions make of secrets. */
  readonly secrets?: Secrets;
  /** Where the value of a name was written, when it was. */
  placeOf?(name: string): Span | undefined;
}

/** The same scope with some names set to data on top of it. */
export function withNames(scope: Scope, data: Readonly<Record<string, unknown>>): Scope {
  const own = (name: string): boolean => Object.hasOwn(data, name);
  return {
    ...scope,
    has: (name) => own(name) || scope.has(name),
    resolve: (name) => (own(name) ? data[name] : scope.resolve(name)),
    names: () => [...new Set([...Object.keys(data), ...scope.names()])],
    placeOf: (name) => (own(name) ? undefined : scope.placeOf?.(name)),
  };
}

/** A scope of nothing but data, for values that may hold expressions but no variables. */
export function dataScope(data: Readonly<Record<string, unknown>>): Scope {
  return withNames(
    {
      has: () => false,
      resolve: (name) => {
        throw problem('PV3001', `\`${name}\` is not defined`);
      },
      names: () => [],
    },
    data,
  );
}
