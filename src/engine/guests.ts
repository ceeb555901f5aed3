import type { Inventory } from '../load/inventory.ts';
import type { VariableLayer } from '../load/variables.ts';

export interface GuestQuestion {
  readonly inventory: Inventory;
  readonly extra: readonly VariableLayer[];
  readonly dataOf?: (host: string) => Readonly<Record<string, unknown>>;
}

/** The guests of a hypervisor, in inventory order; `isGuest` evaluates where the files do not say it plainly. */
export function guestsOf(
  hypervisor: string,
  { inventory, extra, dataOf }: GuestQuestion,
  isGuest: (host: string) => boolean,
): readonly string[] {
  const others = (names: readonly string[]) => names.filter((name) => name !== hypervisor);
  if (extra.some(({ values }) => Object.hasOwn(values, 'hypervisor'))) {
    return others([...inventory.hosts.keys()]).filter(isGuest);
  }
  const { plain, unsettled } = writtenIn(inventory);
  const learned = [...plain.keys()].filter((name) => Object.hasOwn(dataOf?.(name) ?? {}, 'hypervisor'));
  const doubtful = new Set([...unsettled, ...learned]);
  return others([...inventory.hosts.keys()]).filter((name) =>
    doubtful.has(name) ? isGuest(name) : plain.get(name) === hypervisor,
  );
}

interface Written {
  readonly plain: ReadonlyMap<string, unknown>;
  /** Hosts whose hypervisor is an expression. */
  readonly unsettled: readonly string[];
}

const known = new WeakMap<Inventory, Written>();

/** What the files say of each host's hypervisor, looked up once for all tasks. */
function writtenIn(inventory: Inventory): Written {
  const before = known.get(inventory);
  if (before) return before;
  const plain = new Map<string, unknown>();
  const unsettled: string[] = [];
  for (const { name, layers } of inventory.hosts.values()) {
    const value = layers.findLast(({ values }) => Object.hasOwn(values, 'hypervisor'))?.values.hypervisor;
    plain.set(name, value);
    if (typeof value === 'string' ? value.includes('<%') : typeof value === 'object') unsettled.push(name);
  }
  const written = { plain, unsettled };
  known.set(inventory, written);
  return written;
}
