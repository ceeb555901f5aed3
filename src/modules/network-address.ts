import { addressText, bitsOf, type IpVersion, parseAddress, parseSubnet, subnetText } from '../core/ip-address.ts';

/** Network in one form: `10.0.0.0/8`, `2001:db8::/32`; `undefined` for the whole address space. */
export function canonicalAddress(text: string, version: IpVersion): string | undefined {
  const [address = '', mask] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed?.version !== version) return text;
  const prefix = mask === undefined ? bitsOf(version) : prefixLength(mask, version);
  if (prefix === 0) return undefined;
  const subnet = prefix === undefined ? undefined : parseSubnet(`${addressText(parsed)}/${prefix}`);
  return subnet ? subnetText(subnet) : text;
}

/** Prefix length of `24` or `255.255.255.0`; `undefined` for a mask with gaps. */
function prefixLength(mask: string, version: IpVersion): number | undefined {
  if (/^\d+$/.test(mask)) return Number(mask);
  const parsed = parseAddress(mask);
  if (parsed?.version !== version) return undefined;
  const bits = parsed.number.toString(2).padStart(bitsOf(version), '0');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}
