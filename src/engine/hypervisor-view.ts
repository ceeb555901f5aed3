import type { Look } from '../core/plan.ts';
import { fragmentPath } from '../modules/firewall-state.ts';
import { type Forward, readRecords } from '../modules/port/forward-record.ts';
import { forwardPaths } from '../modules/port/forward-state.ts';

/** What a hypervisor itself knows of its guests: the other half of what is tried from outside. */
export interface HypervisorView {
  /** Address by MAC address, lower case: what libvirt's networks keep for guests, and what guests have taken. */
  readonly reserved: ReadonlyMap<string, string>;
  readonly leased: ReadonlyMap<string, string>;
  /** Where programs of the host listen for others by TCP. */
  readonly listening: readonly Listener[];
  /** Ports that are forwarded to guests. */
  readonly forwards: readonly Forward[];
  /** The rules of firewall.policy; left out where there is no policy. */
  readonly policy?: string;
}

export interface Listener {
  /** One of the host's addresses; left out where all of them will do. */
  readonly address?: string;
  readonly port: number;
}

const networkScript = `command -v virsh >/dev/null || exit 0
names=$(virsh -c qemu:///system net-list --name) || exit
for name in $names; do virsh -c qemu:///system net-dumpxml "$name"; virsh -c qemu:///system net-dhcp-leases "$name"; done`;

export async function viewHypervisor(look: Look): Promise<HypervisorView> {
  const [networks, sockets, v4, v6, policy] = await Promise.all([
    look.query(['sh', '-c', networkScript]),
    look.query(['ss', '-Hlnt']),
    look.readText(forwardPaths.v4),
    look.readText(forwardPaths.v6),
    look.readText(fragmentPath('policy', 4)),
  ]);
  return {
    reserved: parseReservations(networks.stdout),
    leased: parseLeases(networks.stdout),
    listening: parseListening(sockets.stdout),
    forwards: [...readRecords(v4), ...readRecords(v6)],
    ...(policy !== undefined && { policy }),
  };
}

function parseReservations(xml: string): ReadonlyMap<string, string> {
  const hosts = [...xml.matchAll(/<host\b([^>]*)>/g)].map(([, attributes = '']) => ({
    mac: /\bmac=['"]([^'"]+)/.exec(attributes)?.[1]?.toLowerCase(),
    ip: /\bip=['"]([^'"]+)/.exec(attributes)?.[1],
  }));
  return new Map(hosts.flatMap(({ mac, ip }) => (mac && ip ? [[mac, ip] as const] : [])));
}

/** `2026-11-22 03:00:00   02:33:33:33:33:33   ipv4   192.168.101.100/24   everest   …` */
function parseLeases(text: string): ReadonlyMap<string, string> {
  const rows = text.matchAll(/^ *\S+ \S+ +([0-9a-f:]{17}) +ipv4 +([0-9.]+)\//gim);
  return new Map([...rows].map(([, mac = '', ip = '']) => [mac.toLowerCase(), ip] as const));
}

function parseListening(text: string): readonly Listener[] {
  const local = text.split('\n').map((line) => line.trim().split(/\s+/)[3] ?? '');
  return local
    .filter((at) => at !== '' && !/^(127\.|\[::1\])/.test(at))
    .map((at) => {
      const [, address = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(at) ?? [];
      return { ...(!['*', '0.0.0.0', '::'].includes(address) && { address }), port: Number(port) };
    });
}
