import { unquoted } from './declarations.ts';
import type { Reservation } from './reservations.ts';

/** An address that a server has given out and that is in use. */
export interface Lease {
  readonly ip: string;
  readonly mac: string;
  readonly name?: string;
}

/** A guest that has another address than the one kept for it, or whose address another machine has. */
export interface LeaseDifference {
  readonly guest: string;
  readonly planned: { readonly ip: string; readonly mac: string };
  readonly leased: { readonly ip: string; readonly mac: string };
}

/** dhcpd.leases is a journal: the last word on an address counts. */
export function parseIscLeases(text: string): readonly Lease[] {
  const leases = new Map<string, Lease | undefined>();
  for (const [, ip = '', body = ''] of text.matchAll(/^lease (\S+) \{\n(.*?)^\}/gms)) {
    const mac = /^ *hardware ethernet (\S+);/m.exec(body)?.[1];
    const active = /^ *binding state active;/m.test(body);
    const name = /^ *client-hostname ("(?:\\.|[^"\\])*");/m.exec(body)?.[1];
    const lease = mac && active ? { ip, mac: mac.toLowerCase(), ...(name && { name: unquoted(name) }) } : undefined;
    leases.set(ip, lease);
  }
  return [...leases.values()].filter((lease) => lease !== undefined);
}

/**
 * dhcpd does not note in its leases what it gives to those with a fixed address; its log is all there is. The last
 * word on an interface counts.
 */
export function parseIscLog(text: string): readonly Lease[] {
  const leases = new Map<string, Lease>();
  for (const [, ip = '', mac = ''] of text.matchAll(/DHCPACK on (\S+) to ([0-9a-f:]{17})\b/gi)) {
    leases.set(mac.toLowerCase(), { ip, mac: mac.toLowerCase() });
  }
  return [...leases.values()];
}

/** Kea's file of leases is a journal too. State 0 is in use; a lifetime of 0 means given back. */
export function parseKeaLeases(text: string): readonly Lease[] {
  const leases = new Map<string, Lease | undefined>();
  for (const line of text.split('\n')) {
    const [ip = '', mac = '', , lifetime, , , , , name, state] = line.split(',');
    if (!/^\d/.test(ip)) continue;
    const inUse = state === '0' && lifetime !== '0' && mac !== '';
    leases.set(ip, inUse ? { ip, mac: mac.toLowerCase(), ...(name && { name }) } : undefined);
  }
  return [...leases.values()].filter((lease) => lease !== undefined);
}

/** Guests whose leases are not as planned; a guest without a lease has just not asked for one. */
export function leaseDifferences(
  reservations: readonly Reservation[],
  leases: readonly Lease[],
): readonly LeaseDifference[] {
  const byMac = new Map(reservations.map((item) => [item.mac, item]));
  const byIp = new Map(reservations.map((item) => [item.ip, item]));
  return leases.flatMap(({ ip, mac }) => {
    const planned = new Set([byMac.get(mac), byIp.get(ip)]);
    return [...planned].flatMap((item) => {
      if (item === undefined || (item.ip === ip && item.mac === mac)) return [];
      return [{ guest: item.name, planned: { ip: item.ip, mac: item.mac }, leased: { ip, mac } }];
    });
  });
}
