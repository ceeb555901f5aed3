import { isIP } from 'node:net';

export type IpVersion = 4 | 6;

/** An address as a number, so that addresses can be counted and compared. */
export interface IpAddress {
  readonly version: IpVersion;
  readonly number: bigint;
}

/** Addresses in a row, both ends included. */
export interface AddressRange {
  readonly version: IpVersion;
  readonly first: bigint;
  readonly last: bigint;
}

export interface Subnet extends AddressRange {
  readonly prefix: number;
}

/** `undefined` for what is no address. */
export function parseAddress(text: string): IpAddress | undefined {
  const version = isIP(text);
  return version === 4 || version === 6 ? { version, number: numberOf(text, version) } : undefined;
}

/** `192.168.101.0/24`; host bits are cut off, so `first` tells whether there were any. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', mask, ...more] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed || mask === undefined || more.length > 0 || !/^\d{1,3}$/.test(mask)) return undefined;
  const { version, number } = parsed;
  const prefix = Number(mask);
  if (prefix > bitsOf(version)) return undefined;
  const size = 1n << BigInt(bitsOf(version) - prefix);
  const first = number - (number % size);
  return { version, first, last: first + size - 1n, prefix };
}

/** `192.168.101.100-192.168.101.199`, or one address; `undefined` also where the last comes before the first. */
export function parseRange(text: string): AddressRange | undefined {
  const [from = '', to = from, ...more] = text.split('-');
  const [first, last] = [parseAddress(from), parseAddress(to)];
  if (!first || !last || more.length > 0 || first.version !== last.version) return undefined;
  return first.number <= last.number ? { version: first.version, first: first.number, last: last.number } : undefined;
}

/** The shortest usual way to write it. */
export function addressText({ version, number }: IpAddress): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

export function subnetText({ version, first, prefix }: Subnet): string {
  return `${addressText({ version, number: first })}/${prefix}`;
}

export function holdsAddress(range: AddressRange, { version, number }: IpAddress): boolean {
  return range.version === version && range.first <= number && number <= range.last;
}

export function holdsRange(range: AddressRange, inner: AddressRange): boolean {
  return range.version === inner.version && range.first <= inner.first && inner.last <= range.last;
}

/** What two ranges have in common. */
export function overlapOf(a: AddressRange, b: AddressRange): AddressRange | undefined {
  if (a.first > b.first) return overlapOf(b, a);
  if (a.version !== b.version || a.last < b.first) return undefined;
  return { version: a.version, first: b.first, last: holdsRange(a, b) ? b.last : a.last };
}

/** How many addresses the ranges hold together, each counted once. */
export function sizeOf(ranges: readonly AddressRange[]): bigint {
  let size = 0n;
  let counted = -1n;
  for (const { first, last } of [...ranges].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const from = first > counted ? first : counted + 1n;
    if (from > last) continue;
    size += last - from + 1n;
    counted = last;
  }
  return size;
}

export function bitsOf(version: IpVersion): 32 | 128 {
  return version === 4 ? 32 : 128;
}

function numberOf(address: string, version: IpVersion): bigint {
  if (version === 4) return BigInt(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0));
  return expand(address).reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** The eight groups of an IPv6 address; the URL parser shortens it and turns a dotted tail into groups. */
function expand(address: string): string[] {
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = '', right] = short.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  return right === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
}
