import type { Problems } from '../core/diagnostic.ts';
import type { Located } from '../core/source.ts';
import { AddressPool } from './address-pool.ts';
import { reportMissing, reportShortage, type Waiting } from './address-shortage.ts';
import { readWishes, unusedRecords, type Wish } from './address-wishes.ts';
import { isGuest } from './guest-checks.ts';
import { networkAround } from './guest-network.ts';
import type { Host } from './inventory.ts';
import { isShared, type Network } from './network.ts';
import type { Networks } from './networks.ts';
import type { RecordChanges } from './record-changes.ts';
import type { RecordedAddress, RecordedAddresses } from './recorded-addresses.ts';
import { rawValue, type VariableLayer } from './variables.ts';

/** Which guest has which address, and why. */
export interface AddressPlan {
  readonly recorded: RecordedAddresses;
  readonly pools: readonly AddressPool[];
  readonly guests: ReadonlyMap<string, PlannedGuest>;
  /** What the next run writes down. */
  readonly changes: RecordChanges;
}

export interface PlannedGuest {
  readonly network?: Network;
  /** Who gave it its address: the inventory, an earlier run, or this plan. */
  readonly origin: 'written' | 'recorded' | 'new';
}

interface Sources {
  readonly networksOf: (layers: readonly VariableLayer[]) => Networks;
  readonly recorded: RecordedAddresses;
  /** Hosts of other inventories that record their addresses in the same file. */
  readonly neighbours: () => ReadonlySet<string>;
  readonly problems: Problems;
}

/** Gives each guest without an `ip` its address; the hosts come back with it as a variable. */
export function planAddresses(
  hosts: ReadonlyMap<string, Host>,
  { networksOf, recorded, neighbours, problems }: Sources,
): { readonly hosts: ReadonlyMap<string, Host>; readonly plan: AddressPlan } {
  const wishes = readWishes(hosts, { networksOf, recorded, problems });
  const unused = unusedRecords(wishes, recorded, neighbours);
  const pools = createPools();
  for (const host of hosts.values()) takeHostAddresses(host, networksOf(host.layers), pools);
  for (const wish of wishes) takeKnown(wish, pools);
  for (const { network, ip, why } of unused) {
    for (const pool of pools.named(network)) {
      if (why === undefined) pool.take(ip);
      else pool.leave(ip);
    }
  }
  const allotted = allot(wishes, pools, problems);
  const added = [...allotted].map(([{ host, network }, ip]) => {
    return { network: String(network?.name), guest: host.name, ip };
  });
  const released = unused.flatMap(({ why, ...entry }) => (why === undefined ? [] : [{ ...entry, why }]));
  const planned = new Map(hosts);
  for (const wish of wishes) planned.set(wish.host.name, withAddress(wish, allotted.get(wish), recorded));
  const guests = new Map(wishes.map((wish) => [wish.host.name, plannedGuest(wish)]));
  return { hosts: planned, plan: { recorded, pools: pools.all(), guests, changes: { added, released } } };
}

interface Pools {
  readonly of: (network: Network) => AddressPool;
  readonly named: (name: string) => readonly AddressPool[];
  readonly all: () => readonly AddressPool[];
}

function createPools(): Pools {
  const pools = new Map<Network, AddressPool>();
  return {
    of: (network) => {
      const known = pools.get(network) ?? new AddressPool(network);
      pools.set(network, known);
      return known;
    },
    named: (name) => [...pools].flatMap(([network, pool]) => (network.name === name ? [pool] : [])),
    all: () => [...pools.values()],
  };
}

/** A hypervisor or a server may stand in the midst of its guests' network. */
function takeHostAddresses({ layers, ssh }: Host, networks: Networks, pools: Pools): void {
  for (const network of networks.values()) pools.of(network);
  if (isGuest(layers)) return;
  for (const ip of [ssh.host, rawValue(layers, 'ip')]) {
    const network = networkAround(ip, networks);
    if (network && isShared(network)) pools.of(network).take(ip);
  }
}

function takeKnown({ host, hypervisor, network, networks, ip, record }: Wish, pools: Pools): void {
  if (network) pools.of(network).take(ip ?? record?.ip, hypervisor);
  const publicIp = rawValue(host.layers, 'public_ip');
  const around = networkAround(publicIp, networks);
  if (around) pools.of(around).take(publicIp);
}

/** New addresses, in the order of the inventory. */
function allot(wishes: readonly Wish[], pools: Pools, problems: Problems): ReadonlyMap<Wish, string> {
  const allotted = new Map<Wish, string>();
  const waiting: Waiting[] = [];
  for (const wish of wishes) {
    const { network, hypervisor } = wish;
    if (wish.ip !== undefined || wish.record || wish.isLost) continue;
    if (!network?.range) {
      reportMissing(wish, problems);
      continue;
    }
    const pool = pools.of(network);
    const ip = pool.takeLowest(hypervisor);
    if (ip !== undefined) allotted.set(wish, ip);
    else waiting.push({ wish, pool });
  }
  reportShortage(waiting, problems);
  return allotted;
}

function withAddress(
  { host, network, record }: Wish,
  allotted: string | undefined,
  { document }: RecordedAddresses,
): Host {
  const ip = allotted ?? record?.ip;
  const isImplied = network && rawValue(host.layers, 'network') === undefined;
  if (ip === undefined && !isImplied) return host;
  const layer: VariableLayer = {
    origin: record ? 'recorded addresses' : 'address plan',
    values: { ...(isImplied && { network: network.name }), ...(ip !== undefined && { ip }) },
    // Both are told by the place of the entry.
    ...(record && document && { document: entryIn(document, record) }),
    path: [],
  };
  return { ...host, layers: [layer, ...host.layers] };
}

function entryIn(document: Located, { network, guest }: RecordedAddress): Located {
  return { ...document, locate: (_path, part) => document.locate([network, guest], part) };
}

function plannedGuest({ network, ip, record }: Wish): PlannedGuest {
  const origin = ip !== undefined ? 'written' : record ? 'recorded' : 'new';
  return { origin, ...(network && { network }) };
}
