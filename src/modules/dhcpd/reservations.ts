import { readDeclarations, statement } from './declarations.ts';
import type { ServerName } from './servers.ts';

/** An address kept for a guest. */
export interface Reservation {
  readonly name: string;
  readonly mac: string;
  readonly ip: string;
}

/** What a rendered configuration keeps for whom; this is the plan that leases are compared with. */
export function reservationsIn(text: string, server: ServerName): readonly Reservation[] {
  return server === 'isc' ? iscReservations(text) : keaReservations(readKea(text));
}

function iscReservations(text: string): readonly Reservation[] {
  return readDeclarations(text).hosts.flatMap(({ name, body }) => {
    const mac = statement(body, 'hardware ethernet');
    const ip = statement(body, 'fixed-address');
    return mac && ip ? [{ name, mac: mac.toLowerCase(), ip }] : [];
  });
}

/** The part of a Kea configuration that matters here. */
export interface KeaConfiguration {
  readonly Dhcp4?: KeaScope & {
    readonly 'interfaces-config'?: { readonly interfaces?: readonly string[] };
    readonly 'control-socket'?: { readonly 'socket-name'?: string };
  };
}

interface KeaScope {
  readonly reservations?: readonly {
    readonly 'hw-address'?: string;
    readonly 'ip-address'?: string;
    readonly hostname?: string;
  }[];
  readonly subnet4?: readonly KeaScope[];
  readonly 'shared-networks'?: readonly KeaScope[];
}

/** A configuration that is no plain JSON (Kea allows comments) is Kea's own to judge. */
export function readKea(text: string): KeaConfiguration {
  try {
    return JSON.parse(text) as KeaConfiguration;
  } catch {
    return {};
  }
}

function keaReservations({ Dhcp4 }: KeaConfiguration): readonly Reservation[] {
  return Dhcp4 === undefined ? [] : scopeReservations(Dhcp4);
}

function scopeReservations(scope: KeaScope): readonly Reservation[] {
  const own = (scope.reservations ?? []).flatMap((item) => {
    const { 'hw-address': mac, 'ip-address': ip, hostname = ip } = item;
    return mac && ip ? [{ name: hostname ?? ip, mac: mac.toLowerCase(), ip }] : [];
  });
  const inner = [...(scope.subnet4 ?? []), ...(scope['shared-networks'] ?? [])];
  return [...own, ...inner.flatMap(scopeReservations)];
}
