import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Destination } from '../../src/engine/move-destination.ts';
import type { MovingGuest } from '../../src/engine/moving-guest.ts';
import { planMove } from '../../src/engine/plan-move.ts';

export interface MoveRow {
  readonly title: string;
  /** Moved while it runs. */
  readonly live?: boolean;
  /** Laid over the guest and the hypervisor that fit each other. */
  readonly guest?: Record<string, unknown>;
  readonly target?: Record<string, unknown>;
  /** Replaced in the definition. */
  readonly xml?: Readonly<Record<string, string>>;
  readonly refused?: readonly string[];
  readonly differs?: readonly string[];
  readonly files?: readonly object[];
}

interface Table {
  readonly guest: Record<string, unknown>;
  readonly target: Record<string, unknown>;
  readonly rows: readonly MoveRow[];
}

const table = parse(readFileSync(new URL('../unit/engine/cases/moves.yaml', import.meta.url), 'utf8')) as Table;

export const moveRows = table.rows;

/** What comes of moving `everest` from `alfa` to `beta`. */
export function planOf(row: MoveRow) {
  return planMove({ name: 'everest', from: 'alfa', to: 'beta', live: row.live ?? false }, guestOf(row), targetOf(row));
}

function guestOf({ guest, xml = {} }: MoveRow): MovingGuest {
  const all = over(table.guest, guest);
  const text = Object.entries(xml).reduce((known, [from, to]) => replaced(known, from, to), String(all.xml));
  return { ...all, xml: text, networks: mapOf(all.networks) } as unknown as MovingGuest;
}

function targetOf({ target }: MoveRow): Destination {
  const all = over(table.target, target);
  const { networks, pools, present } = all;
  return { ...all, networks: mapOf(networks), pools: mapOf(pools), present: mapOf(present) } as unknown as Destination;
}

/** `~` takes something away. */
function over(known: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...known, ...more }).filter(([, value]) => value !== null));
}

function mapOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value as object));
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the definition has no ${from}`);
  return text.replace(from, () => to);
}
