import { isSecretName } from '../core/secret.ts';
import { placeOf } from '../core/source.ts';
import type { Explanation, Meaning, Use } from '../engine/explain.ts';
import type { FoundVariable } from '../load/variables.ts';
import { hideSecrets } from './hide-secrets.ts';

interface Subject {
  readonly name: string;
  readonly host: string;
  /** Columns; values that are too long for them are cut. */
  readonly width: number;
}

/** The explanation of a variable for people. */
export function explanationText({ meanings, given, uses, secrets }: Explanation, subject: Subject): string {
  const blocks = [
    ...meanings.map((meaning) => meaningText(meaning, subject)),
    ...(given.length > 0 ? [['a run gives it another value', ...useRows(given)].join('\n')] : []),
    uses.length > 0 ? ['used by', ...useRows(uses)].join('\n') : 'used by nothing that is named here',
  ];
  return secrets.mask(`${blocks.join('\n\n')}\n`);
}

function meaningText({ within, found, value, unknown }: Meaning, subject: Subject): string {
  const { name, host, width } = subject;
  const scope = within.length === 0 ? '' : ` in ${within.slice(0, 3).join(', ')}${within.length > 3 ? ', …' : ''}`;
  const told = unknown === undefined ? shown(name, value) : `only a run can tell (${unknown})`;
  const rows = found.map(({ layer, at, value: raw }, index) => [
    index === 0 ? 'wins' : 'beaten',
    at ? placeOf(at) : '-',
    layer.origin,
    shown(name, raw),
  ]);
  return [cut(`${name} of ${host}${scope}: ${told}`, width), ...columns(rows).map((row) => cut(row, width))].join('\n');
}

function useRows(uses: readonly Use[]): readonly string[] {
  const rows = uses.map(({ at, by, through }) => [
    placeOf(at),
    through === undefined ? by : `${by}, through ${through}`,
  ]);
  return columns([...new Map(rows.map((row) => [row.join(' '), row])).values()]);
}

/** One line, secrets left out. */
function shown(name: string, value: unknown): string {
  if (isSecretName(name)) return '********';
  return JSON.stringify(hideSecrets(value)) ?? 'undefined';
}

/** Rows with their cells one below the other. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(cell.length, most[at] ?? 0)), []);
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

/** The winner for each of several hosts. */
export function winnersText(
  rows: readonly { readonly host: string; readonly name: string; readonly won: FoundVariable }[],
): string {
  const lines = columns(
    rows.map(({ host, name, won }) => [host, won.at ? placeOf(won.at) : '-', won.layer.origin, shown(name, won.value)]),
  );
  return `${lines.map((line) => line.trim()).join('\n')}\n`;
}
