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

/**
 * dhcpd.leases is a journal: the last word on an address counts. What is given to those with a fixed address is not
 * noted there; dhcpd's log is all there is of it.
 */
export function parseIscLeases(noted: string, log: string): readonly Lease[] {
  const acknowledged = new Map<string, string>();
  for (const [, ip = '', mac = ''] of log.matchAll(/DHCPACK on (\S+) to ([0-9a-f:]{17})\b/gi)) {
    acknowledged.set(mac.toLowerCase(), ip);
  }
  const leases = new Map<string, Lease | undefined>();
  for (const [, ip = '', body = ''] of noted.matchAll(/^lease (\S+) \{\n(.*?)^\}/gms))
    leases.set(ip, leaseOf(ip, body));
  const fixed = [...acknowledged].filter(([, ip]) => !leases.has(ip)).map(([mac, ip]) => ({ ip, mac }));
  const dynamic = [...leases.values()].filter((lease) => lease !== undefined);
  // Who has got another address since does not use the old one any more.
  return [...fixed, ...dynamic.filter(({ ip, mac }) => (acknowledged.get(mac) ?? ip) === ip)];
}

function leaseOf(ip: string, body: string): Lease | undefined {
  const mac = /^ *hardware ethernet (\S+);/m.exec(body)?.[1];
  if (!mac || !/^ *binding state active;/m.test(body)) return undefined;
  const name = /^ *client-hostname ("(?:\\.|[^"\\])*");/m.exec(body)?.[1];
  return { ip, mac: mac.toLowerCase(), ...(name && { name: unquoted(name) }) };
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
