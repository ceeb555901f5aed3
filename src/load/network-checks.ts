import type { Problems } from '../core/diagnostic.ts';
import {
  type AddressRange,
  addressText,
  holdsAddress,
  holdsRange,
  overlapOf,
  type Subnet,
} from '../core/ip-address.ts';
import type { Path } from '../core/source.ts';
import { type Network, rangeText, subnetFor } from './network.ts';

/** Some addresses of a network, and where they are written. */
interface Part {
  readonly what: string;
  readonly range: AddressRange;
  readonly path: Path;
}

/** Whether the addresses of a network fit together. */
export function checkNetwork(network: Network, problems: Problems): void {
  const { range, dynamic } = network;
  const gateway = gatewayOf(network);
  const guests: readonly Part[] = range ? [{ what: 'range', range, path: ['range'] }] : [];
  const strangers: readonly Part[] = dynamic ? [{ what: 'dynamic range', range: dynamic, path: ['dynamic'] }] : [];
  const reserved = network.reserved.map((item, index): Part => {
    return { what: 'reserved', range: item, path: ['reserved', index] };
  });
  for (const part of [...gateway, ...guests, ...strangers, ...reserved]) checkInside(part, network, problems);
  for (const part of [...gateway, ...guests, ...strangers]) checkEnds(part, network, problems);
  for (const stranger of strangers) {
    for (const part of [...gateway, ...guests, ...reserved]) checkApart(part, stranger, { network, problems });
  }
}

function gatewayOf({ gateway }: Network): readonly Part[] {
  if (!gateway) return [];
  const { version, number } = gateway;
  return [{ what: 'gateway', range: { version, first: number, last: number }, path: ['gateway'] }];
}

function checkInside({ what, range, path }: Part, network: Network, problems: Problems): void {
  const subnet = subnetFor(network, range.version);
  if (subnet && holdsRange(subnet, range)) return;
  const message = `\`${rangeText(range)}\` (${what}) is not in the network \`${network.name}\``;
  problems.add('PV2018', message, {
    at: network.locate(...path),
    related: [{ at: network.locate('subnet'), message: 'the network' }],
    help: `choose addresses of ${network.name}, or widen it`,
  });
}

/** What the first and the last address of a subnet are for; of very small ones and of IPv6 they are ordinary. */
function purposeOf(number: bigint, subnet: Subnet): string | undefined {
  if (subnet.version === 6 || subnet.prefix > 30) return undefined;
  if (number === subnet.first) return 'network address';
  return number === subnet.last ? 'broadcast address' : undefined;
}

function checkEnds({ what, range, path }: Part, network: Network, problems: Problems): void {
  const subnet = subnetFor(network, range.version);
  if (!subnet) return;
  for (const number of new Set([range.first, range.last])) {
    const purpose = purposeOf(number, subnet);
    if (purpose === undefined) continue;
    const subject = `\`${rangeText(range)}\` (${what})`;
    const verb = range.first === range.last ? 'is' : 'holds';
    problems.add('PV2018', `${subject} ${verb} the ${purpose} of \`${network.name}\``, {
      at: network.locate(...path),
      related: [{ at: network.locate('subnet'), message: 'the network' }],
      help: `leave out ${addressText({ version: range.version, number })}`,
    });
  }
}

interface Whose {
  readonly network: Network;
  readonly problems: Problems;
}

function checkApart(part: Part, stranger: Part, { network, problems }: Whose): void {
  if (!overlapOf(part.range, stranger.range)) return;
  const one = `\`${rangeText(part.range)}\` (${part.what})`;
  problems.add('PV2018', `${one} and \`${rangeText(stranger.range)}\` (dynamic range) overlap`, {
    at: network.locate(...stranger.path),
    related: [{ at: network.locate(...part.path), message: part.what }],
    help: 'keep them apart: DHCP hands the dynamic range to strangers',
  });
}

/** Whether no two networks have an address in common. */
export function checkNetworksApart(networks: readonly Network[], problems: Problems): void {
  const subnets = networks.flatMap((network) => [
    { network, subnet: network.subnet, key: 'subnet' },
    ...(network.subnet6 ? [{ network, subnet: network.subnet6, key: 'subnet6' }] : []),
  ]);
  const sorted = subnets.sort(
    (a, b) => a.subnet.version - b.subnet.version || (a.subnet.first < b.subnet.first ? -1 : 1),
  );
  let widest = sorted[0];
  for (const next of sorted.slice(1)) {
    if (widest && overlapOf(widest.subnet, next.subnet)) {
      problems.add('PV2019', `the networks \`${widest.network.name}\` and \`${next.network.name}\` overlap`, {
        at: next.network.locate(next.key),
        related: [{ at: widest.network.locate(widest.key), message: `\`${widest.network.name}\`` }],
        help: 'give each addresses of its own',
      });
    }
    if (!widest || next.subnet.version !== widest.subnet.version || next.subnet.last > widest.subnet.last)
      widest = next;
  }
}

/** What in a network speaks against a guest having an address, and where that is written. */
export function objectionTo(
  address: { readonly version: 4 | 6; readonly number: bigint },
  network: Network,
): { readonly what: string; readonly path: Path } | undefined {
  const subnet = subnetFor(network, address.version);
  if (!subnet || !holdsAddress(subnet, address)) return { what: 'not in', path: ['subnet'] };
  const purpose = purposeOf(address.number, subnet);
  if (purpose) return { what: `the ${purpose} of`, path: ['subnet'] };
  const { gateway, dynamic } = network;
  if (gateway?.version === address.version && gateway.number === address.number)
    return { what: 'the gateway of', path: ['gateway'] };
  if (dynamic && holdsAddress(dynamic, address)) return { what: 'in the dynamic range of', path: ['dynamic'] };
  const index = network.reserved.findIndex((range) => holdsAddress(range, address));
  return index < 0 ? undefined : { what: 'reserved in', path: ['reserved', index] };
}
