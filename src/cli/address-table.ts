import { subnetText } from '../core/ip-address.ts';
import { placeOf } from '../core/source.ts';
import type { AddressPlan } from '../load/address-plan.ts';
import type { RangeUse } from '../load/address-pool.ts';
import type { Host, Inventory } from '../load/inventory.ts';
import { type Network, rangeText } from '../load/network.ts';
import { findVariable, rawValue } from '../load/variables.ts';

/** A guest's line of the plan. */
interface GuestLine {
  readonly guest: string;
  readonly hypervisor: string;
  readonly ip: string;
  readonly mac: string;
  readonly public_ip?: string;
  /** `recorded`, `new`, or where it is written. */
  readonly from: string;
}

interface NetworkPage {
  readonly network?: Network;
  readonly use: readonly RangeUse[];
  readonly guests: readonly GuestLine[];
}

/** The plan network by network, then the guests that are in none. */
function pagesOf({ hosts, addresses }: Inventory): readonly NetworkPage[] {
  const lines = new Map<Network | undefined, GuestLine[]>();
  for (const [name, { network, origin }] of addresses?.guests ?? []) {
    const host = hosts.get(name);
    if (!host) continue;
    const known = lines.get(network) ?? [];
    lines.set(network, known);
    known.push(lineOf(host, origin));
  }
  const pages: NetworkPage[] = (addresses?.pools ?? []).map((pool) => {
    return { network: pool.network, use: pool.uses(), guests: lines.get(pool.network) ?? [] };
  });
  const others = lines.get(undefined);
  return others ? [...pages, { use: [], guests: others }] : pages;
}

function lineOf(host: Host, origin: 'written' | 'recorded' | 'new'): GuestLine {
  const text = (name: string) => String(rawValue(host.layers, name) ?? '');
  const publicIp = text('public_ip');
  const at = origin === 'written' ? findVariable(host.layers, 'ip')?.at : undefined;
  return {
    ...{ guest: host.name, hypervisor: text('hypervisor'), ip: text('ip'), mac: text('mac') },
    ...(publicIp && { public_ip: publicIp }),
    from: at ? placeOf(at) : origin,
  };
}

/** The plan for people. */
export function addressTable(inventory: Inventory): string {
  const blocks = pagesOf(inventory).map(({ network, use, guests }) =>
    [
      ...(network ? [titleOf(network), ...use.map((one) => `  ${useText(one)}`)] : ['in no network']),
      ...rows(guests),
    ].join('\n'),
  );
  const coming = inventory.addresses ? releases(inventory.addresses) : [];
  return [...blocks, ...(coming.length > 0 ? [coming.join('\n')] : [])].map((block) => `${block}\n`).join('\n');
}

function titleOf({ name, kind, subnet, range }: Network): string {
  return `${name} (${kind}) ${subnetText(subnet)}${range ? `, guests get ${rangeText(range)}` : ''}`;
}

function useText({ hypervisor, taken, reserved, free }: RangeUse): string {
  return `${hypervisor === undefined ? '' : `${hypervisor}: `}${taken} taken, ${reserved} reserved, ${free} free`;
}

const headings: GuestLine = {
  guest: 'guest',
  hypervisor: 'hypervisor',
  ip: 'address',
  mac: 'MAC',
  public_ip: 'public address',
  from: 'from',
};

function rows(guests: readonly GuestLine[]): readonly string[] {
  if (guests.length === 0) return [];
  const hasPublic = guests.some((line) => line.public_ip !== undefined);
  const keys = (['guest', 'hypervisor', 'ip', 'mac', 'public_ip', 'from'] as const).filter(
    (key) => hasPublic || key !== 'public_ip',
  );
  const table = [headings, ...guests].map((line) => keys.map((key) => line[key] ?? '-'));
  const widths = keys.map((_, column) => table.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  return table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function releases({ recorded, changes }: AddressPlan): readonly string[] {
  return changes.released.map(
    ({ ip, guest, why }) => `the next run releases ${ip} of ${guest} in ${recorded.file}: ${why}`,
  );
}

/** The plan for programs. */
export function addressData(inventory: Inventory): object {
  const pages = pagesOf(inventory);
  return {
    networks: pages.flatMap(({ network, use }) =>
      network
        ? [
            {
              name: network.name,
              kind: network.kind,
              subnet: subnetText(network.subnet),
              ...(network.range && { range: rangeText(network.range) }),
              use,
            },
          ]
        : [],
    ),
    guests: pages.flatMap(({ network, guests }) =>
      guests.map((line) => ({ ...line, ...(network && { network: network.name }) })),
    ),
    released: inventory.addresses?.changes.released ?? [],
  };
}
