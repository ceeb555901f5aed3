import type { Look } from '../../core/plan.ts';
import { type Persistence, readPersistence } from '../firewall-persistence.ts';
import { fragmentPath } from '../firewall-state.ts';
import { type LibvirtTables, readLibvirtTables } from '../libvirt-table.ts';
import { parseSave, type SavedRules } from '../saved-rules.ts';

/** One family of addresses. */
interface FamilyState {
  /** The fragment as it stands on the host. */
  readonly text?: string;
  readonly rules: SavedRules;
}

/** The forwards of all guests. */
export interface AllForwards extends LibvirtTables {
  readonly v4: FamilyState;
  readonly v6: FamilyState;
  /** Our file that keeps the kernel forwarding over a boot. */
  readonly sysctl: boolean;
  readonly persistence: Persistence;
}

export interface ForwardState extends AllForwards {
  /** The network in which the host has the target, if it is there now. */
  readonly network?: string;
  readonly forwarding: boolean;
  /** A program of the host itself listens on the port. */
  readonly taken: boolean;
}

/** Names the files in which they are kept. */
export const forwardName = 'port-forward';

export const forwardPaths = { v4: fragmentPath(forwardName, 4), v6: fragmentPath(forwardName, 6) } as const;

/** Kept by us where nobody else lets the kernel forward. */
export const sysctlPath = '/etc/sysctl.d/60-provision-forward.conf';

interface Question {
  readonly to: string;
  readonly protocol: 'tcp' | 'udp';
  readonly host_port: number;
}

export async function readForwardState({ to, protocol, host_port }: Question, look: Look): Promise<ForwardState> {
  const version = to.includes(':') ? 6 : 4;
  const sockets = ['ss', '-Hln', `--${protocol}`, `sport = :${host_port}`];
  const [all, routes, forwarding, listening] = await Promise.all([
    readAllForwards(look),
    look.query(['ip', `-${version}`, '-o', 'route', 'show', 'to', 'match', to]),
    look.readText(forwardingOf(version)),
    look.query(sockets),
  ]);
  const network = connectedNetwork(routes.stdout);
  return {
    ...all,
    ...(network !== undefined && { network }),
    forwarding: forwarding?.trim() === '1',
    taken: listening.stdout.split('\n').some((line) => line.trim() !== '' && !/\s(127\.|\[::1\])/.test(line)),
  };
}

export async function readAllForwards(look: Look): Promise<AllForwards> {
  const [v4, v6, libvirt, sysctl, persistence] = await Promise.all([
    readFamily('v4', 'iptables-save', look),
    readFamily('v6', 'ip6tables-save', look),
    readLibvirtTables(forwardName, look),
    look.stat(sysctlPath),
    readPersistence(look),
  ]);
  return { v4, v6, ...libvirt, sysctl: sysctl !== undefined, persistence };
}

async function readFamily(family: 'v4' | 'v6', command: string, look: Look): Promise<FamilyState> {
  const [text, saved] = await Promise.all([look.readText(forwardPaths[family]), look.query([command])]);
  return { ...(text !== undefined && { text }), rules: parseSave(saved.stdout) };
}

/** The narrowest network around the target that the host stands in itself. */
function connectedNetwork(routes: string): string | undefined {
  const networks = routes.split('\n').flatMap((line) => (line.includes(' via ') ? [] : (line.split(' ')[0] ?? [])));
  const length = (network: string): number => Number(network.split('/')[1]);
  return networks.filter((name) => name.includes('/')).toSorted((a, b) => length(b) - length(a))[0];
}

export function forwardingOf(version: 4 | 6): string {
  return version === 4 ? '/proc/sys/net/ipv4/ip_forward' : '/proc/sys/net/ipv6/conf/all/forwarding';
}
