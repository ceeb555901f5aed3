import { isSecretName } from '../core/secret.ts';
import { placeData, type Span } from '../core/source.ts';
import type { Explanation, Meaning, Use } from '../engine/explain.ts';
import type { FoundVariable } from '../load/variables.ts';
import { hideSecrets } from './hide-secrets.ts';

/** The explanation of a variable for programs: docs/inventory.md lists the fields. */
export function explanationJson(
  { meanings, given, uses, secrets }: Explanation,
  { name, host }: { readonly name: string; readonly host: string },
): string {
  const data = {
    name,
    host,
    meanings: meanings.map((meaning) => meaningData(name, meaning)),
    given: given.map(useData),
    uses: uses.map(useData),
  };
  const masked = (_key: string, value: unknown) => {
    const isPlain = typeof value === 'string' || typeof value === 'number';
    return isPlain && secrets.holds(String(value)) ? secrets.mask(String(value)) : value;
  };
  return `${JSON.stringify(data, masked, 2)}\n`;
}

/** The winner for each of several hosts. */
export function winnersJson(
  rows: readonly { readonly host: string; readonly name: string; readonly won: FoundVariable }[],
): string {
  return `${JSON.stringify(
    rows.map(({ host, name, won }) => ({ host, ...foundData(name, won) })),
    null,
    2,
  )}\n`;
}

function meaningData(name: string, { within, found, value, unknown }: Meaning) {
  const told = unknown === undefined ? { value: hidden(name, value) } : { unknown };
  return { within, ...told, found: found.map((one) => foundData(name, one)) };
}

function foundData(name: string, { layer, at, value }: FoundVariable) {
  return { ...place(at), origin: layer.origin, value: hidden(name, value) };
}

function useData({ at, by, through }: Use) {
  return { ...place(at), by, ...(through !== undefined && { through }) };
}

function place(at: Span | undefined) {
  return at && { at: placeData(at) };
}

function hidden(name: string, value: unknown): unknown {
  return isSecretName(name) ? '********' : hideSecrets(value);
}
