import { isIP } from 'node:net';

/** Network in one form: `10.0.0.0/8`, `2001:db8::/32`; `undefined` for the whole address space. */
export function canonicalAddress(text: string, version: 4 | 6): string | undefined {
  const [address = '', mask] = text.split('/');
  const bits = version === 4 ? 32 : 128;
  if (isIP(address) !== version) return text;
  const length = mask === undefined ? bits : prefixLength(mask, version);
  if (length === undefined) return text;
  if (length === 0) return undefined;
  const host = BigInt(bits - length);
  const network = (numberOf(address, version) >> host) << host;
  return `${write(network, version)}/${length}`;
}

/** Prefix length of `24` or `255.255.255.0`; `undefined` for a mask with gaps. */
function prefixLength(mask: string, version: 4 | 6): number | undefined {
  if (/^\d+$/.test(mask)) return Number(mask);
  if (isIP(mask) !== version) return undefined;
  const bits = numberOf(mask, version)
    .toString(2)
    .padStart(version === 4 ? 32 : 128, '0');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

function numberOf(address: string, version: 4 | 6): bigint {
  const [size, groups] = version === 4 ? [8n, address.split('.')] : [16n, expand(address).map((group) => `0x${group}`)];
  return groups.reduce((sum, group) => (sum << size) + BigInt(group), 0n);
}

/** The eight groups of an IPv6 address; the URL parser shortens it and turns a dotted tail into groups. */
function expand(address: string): string[] {
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = '', right] = short.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  return right === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
}

function write(number: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
