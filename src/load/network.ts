import type { Problems } from '../core/diagnostic.ts';
import {
  type AddressRange,
  addressText,
  type IpAddress,
  type IpVersion,
  parseAddress,
  parseRange,
  parseSubnet,
  type Subnet,
  subnetText,
} from '../core/ip-address.ts';
import type { Path, Span } from '../core/source.ts';
import type { NetworkValues } from './network-schema.ts';
import { isTemplate } from './variables.ts';

/** A network of the inventory, its addresses understood. */
export interface Network {
  readonly name: string;
  readonly kind: NetworkValues['kind'];
  readonly subnet: Subnet;
  readonly subnet6?: Subnet;
  readonly gateway?: IpAddress;
  /** Where guests without an `ip` get theirs. */
  readonly range?: AddressRange;
  /** What DHCP hands to strangers. */
  readonly dynamic?: AddressRange;
  readonly reserved: readonly AddressRange[];
  /** Where the network or one of its settings stands. */
  readonly locate: (...path: Path) => Span;
}

/** Behind NAT each hypervisor has the network for itself, so an address may be there once for each of them. */
export function isShared({ kind }: Network): boolean {
  return kind !== 'nat';
}

/** The part of it that an address of this family belongs to. */
export function subnetFor({ subnet, subnet6 }: Network, version: IpVersion): Subnet | undefined {
  return version === subnet.version ? subnet : subnet6;
}

interface Place {
  readonly name: string;
  readonly locate: Network['locate'];
  readonly problems: Problems;
}

/** Understands the addresses of a network whose shape is right; `undefined` where nothing can be made of it. */
export function readNetwork(values: NetworkValues, place: Place): Network | undefined {
  const { name, locate } = place;
  if (isUndecided(values, place)) return undefined;
  const subnet = readSubnet(values.subnet, { ...place, key: 'subnet', version: 4 });
  const subnet6 = readSubnet(values.subnet6, { ...place, key: 'subnet6', version: 6 });
  const gateway = read(values.gateway, parseAddress, { ...place, path: ['gateway'], wanted: 'an address' });
  const range = read(values.range, parseTwoEnds, { ...place, path: ['range'], wanted: rangeShape });
  const dynamic = read(values.dynamic, parseTwoEnds, { ...place, path: ['dynamic'], wanted: rangeShape });
  const reserved = (values.reserved ?? []).map((text, index) =>
    read(text, parseRange, { ...place, path: ['reserved', index], wanted: `an address, or ${rangeShape}` }),
  );
  if (!subnet) return undefined;
  return {
    ...{ name, kind: values.kind, subnet, locate, reserved: reserved.flatMap((item) => item ?? []) },
    ...(subnet6 && { subnet6 }),
    ...(gateway && { gateway }),
    ...(range && { range }),
    ...(dynamic && { dynamic }),
  };
}

/** Templates split it at the hyphen, so both ends are there. */
function parseTwoEnds(text: string): AddressRange | undefined {
  return text.includes('-') ? parseRange(text) : undefined;
}

const rangeShape = 'first and last address: 192.168.101.100-192.168.101.199';

/** The shape of a network lets expressions pass; what is wanted at once may be none. */
function isUndecided(values: NetworkValues, place: Place): boolean {
  const wanted = { kind: 'nat, bridged or public', reserved: 'a list of addresses' } as const;
  const keys = (['kind', 'reserved'] as const).filter((key) => isTemplate(values[key]));
  for (const key of keys) reportShape('<%', { ...place, path: [key], wanted: wanted[key] });
  return keys.length > 0;
}

interface Wanted extends Place {
  readonly path: Path;
  readonly wanted: string;
}

function read<T>(text: string | undefined, parse: (text: string) => T | undefined, wanted: Wanted): T | undefined {
  if (text === undefined) return undefined;
  const parsed = parse(text);
  if (parsed === undefined) reportShape(text, wanted);
  return parsed;
}

function reportShape(text: string, { name, path, wanted, locate, problems }: Wanted): void {
  const isExpression = isTemplate(text);
  const subject = `\`${path[0]}\` of the network \`${name}\``;
  problems.add('PV2017', isExpression ? `${subject} cannot be an expression` : `${subject} cannot be \`${text}\``, {
    at: locate(...path),
    help: isExpression ? `addresses are needed before expressions are evaluated; write ${wanted}` : `write ${wanted}`,
  });
}

function readSubnet(
  text: string | undefined,
  { key, version, ...place }: Place & { readonly key: 'subnet' | 'subnet6'; readonly version: IpVersion },
): Subnet | undefined {
  const wanted = version === 4 ? 'an IPv4 network: 192.168.101.0/24' : 'an IPv6 network: fd00:101::/64';
  const ofFamily = (words: string) => {
    const parsed = parseSubnet(words);
    return parsed?.version === version ? parsed : undefined;
  };
  const subnet = read(text, ofFamily, { ...place, path: [key], wanted });
  const [address = ''] = text?.split('/') ?? [];
  if (!subnet || parseAddress(address)?.number === subnet.first) return subnet;
  place.problems.add('PV2017', `\`${text}\` is an address in a network, not a network`, {
    at: place.locate(key),
    help: `write ${key}: ${subnetText(subnet)}`,
  });
  return subnet;
}

/** `192.168.101.100-192.168.101.199`, as it is written. */
export function rangeText({ version, first, last }: AddressRange): string {
  const [from, to] = [first, last].map((number) => addressText({ version, number }));
  return from === to ? String(from) : `${from}-${to}`;
}
