import type { Problems } from '../core/diagnostic.ts';
import { isGuest } from './guest-checks.ts';
import { networkOfGuest } from './guest-network.ts';
import type { Host } from './inventory.ts';
import type { Network } from './network.ts';
import type { Networks } from './networks.ts';
import type { RecordedAddress, RecordedAddresses } from './recorded-addresses.ts';
import { rawValue, type VariableLayer } from './variables.ts';

/** A guest, and what is known of its address before any is allotted. */
export interface Wish {
  readonly host: Host;
  /** As it is written, like `ip`. */
  readonly hypervisor: string;
  readonly networks: Networks;
  readonly network?: Network;
  readonly ip?: unknown;
  /** Only where there is no `ip`. */
  readonly record?: RecordedAddress;
  /** It has no network, and that is told already. */
  readonly isLost: boolean;
}

export interface WishSources {
  readonly networksOf: (layers: readonly VariableLayer[]) => Networks;
  readonly recorded: RecordedAddresses;
  readonly problems: Problems;
}

export function readWishes(hosts: ReadonlyMap<string, Host>, sources: WishSources): readonly Wish[] {
  const records = new Map<string, RecordedAddress[]>();
  for (const entry of sources.recorded.entries) records.set(entry.guest, [...(records.get(entry.guest) ?? []), entry]);
  return [...hosts.values()]
    .filter(({ layers }) => isGuest(layers))
    .map((host) => readWish(host, records.get(host.name) ?? [], sources));
}

function readWish(host: Host, records: readonly RecordedAddress[], { networksOf, problems }: WishSources): Wish {
  const { layers } = host;
  const hypervisor = String(rawValue(layers, 'hypervisor'));
  const networks = networksOf(layers);
  const ip = rawValue(layers, 'ip');
  const told = problems.count;
  const network = networks.size > 0 ? networkOfGuest(host, networks, { ip, problems }) : undefined;
  const record = network ? records.find((entry) => entry.network === network.name) : records[0];
  return {
    ...{ host, hypervisor, networks, isLost: problems.count > told },
    ...(network && { network }),
    ...(ip !== undefined && { ip }),
    ...(ip === undefined && record && { record }),
  };
}

/** A recorded address that no guest takes up, and why; without a reason it stays. */
export interface UnusedRecord extends RecordedAddress {
  readonly why?: string;
}

/** `neighbours` are hosts of other inventories which record their addresses in the same file. */
export function unusedRecords(
  wishes: readonly Wish[],
  recorded: RecordedAddresses,
  neighbours: () => ReadonlySet<string>,
): readonly UnusedRecord[] {
  const used = new Set(wishes.map(({ record }) => record));
  const byName = new Map(wishes.map((wish) => [wish.host.name, wish]));
  return recorded.entries
    .filter((entry) => !used.has(entry))
    .map((entry) => {
      const wish = byName.get(entry.guest);
      if (wish?.ip !== undefined) return { ...entry, why: 'it has an `ip` of its own now' };
      if (wish) return { ...entry, why: 'it is in another network now' };
      return neighbours().has(entry.guest) ? entry : { ...entry, why: 'no guest has that name any more' };
    });
}
