import type { Look } from '../core/plan.ts';
import { readLeases } from '../modules/dhcpd/config-state.ts';
import { reservationsIn } from '../modules/dhcpd/reservations.ts';
import { type ServerName, servers } from '../modules/dhcpd/servers.ts';

/** Address by MAC address, lower case. */
export interface DhcpView {
  readonly reserved: ReadonlyMap<string, string>;
  readonly leased: ReadonlyMap<string, string>;
}

/** Of the DHCP server that runs on a host: of another one there may be leases of long ago. */
export async function viewDhcpServer(look: Look): Promise<DhcpView> {
  const present = await Promise.all((['isc', 'kea'] as const).map((name) => readServer(name, look)));
  const name = present.find(({ runs }) => runs)?.name;
  if (name !== undefined) return viewOf(name, look);
  if (present.some(({ starts }) => starts)) throw new Error('its DHCP server does not run');
  return { reserved: new Map(), leased: new Map() };
}

async function readServer(name: ServerName, look: Look) {
  const { service, program } = servers[name];
  const [process, unit] = await Promise.all([
    look.query(['pidof', program], { exits: [0, 1] }),
    // Exit 1: it does not start at boot; 4: there is none.
    look.query(['systemctl', '--quiet', 'is-enabled', service], { exits: [0, 1, 4] }),
  ]);
  return { name, runs: process.exit === 0, starts: unit.exit === 0 };
}

async function viewOf(name: ServerName, look: Look): Promise<DhcpView> {
  const [text, leases] = await Promise.all([look.readText(servers[name].path), readLeases(name, look)]);
  const byMac = (items: readonly { readonly mac: string; readonly ip: string }[]): ReadonlyMap<string, string> =>
    new Map(items.map(({ mac, ip }) => [mac, ip]));
  return { reserved: byMac(reservationsIn(text ?? '', name)), leased: byMac(leases) };
}
