import type { IpVersion } from '../core/ip-address.ts';
import type { Look } from '../core/plan.ts';
import { fragmentFolder } from './firewall-files.ts';
import { armedPath } from './firewall-guard.ts';
import { type Persistence, readPersistence } from './firewall-persistence.ts';
import { type LibvirtTables, readLibvirtTables } from './libvirt-table.ts';
import { parseCounters, parseSave, type RuleCounter, type SavedRules } from './saved-rules.ts';
import { readSshConnections, type SshConnection } from './ssh-connection.ts';

/** What one fragment of rules is compared with. */
export interface FirewallState extends LibvirtTables {
  /** What the kernel holds; no entry for IPv6 where the host has none. */
  readonly saved: { readonly [version in IpVersion]?: SavedRules };
  /** Of the fragment's own chains. */
  readonly counters: readonly (RuleCounter & { readonly version: IpVersion })[];
  /** What is kept for the next boot. */
  readonly files: { readonly [version in IpVersion]?: string };
  /** An earlier run loaded rules and ended before it could confirm them. */
  readonly unconfirmed: boolean;
  /** How we are logged in. */
  readonly connections: readonly SshConnection[];
  readonly persistence: Persistence;
}

export interface FragmentName {
  readonly name: string;
  readonly chains: readonly string[];
}

export function fragmentPath(name: string, version: IpVersion): string {
  return `${fragmentFolder}/${name}.v${version}`;
}

export async function readFirewall({ name, chains }: FragmentName, look: Look): Promise<FirewallState> {
  const [four, six, file4, file6, armed, connections, persistence, libvirt] = await Promise.all([
    look.query(['iptables-save', '-c']).then(({ stdout }) => stdout),
    readSave6(look),
    look.readText(fragmentPath(name, 4)),
    look.readText(fragmentPath(name, 6)),
    look.stat(armedPath(name)),
    readSshConnections(look),
    readPersistence(look),
    readLibvirtTables(name, look),
  ]);
  const texts: readonly (readonly [IpVersion, string | undefined])[] = [
    [4, four],
    [6, six],
  ];
  return {
    saved: { 4: parseSave(four), ...(six !== undefined && { 6: parseSave(six) }) },
    counters: texts.flatMap(([version, text = '']) =>
      parseCounters(text, chains).map((counter) => ({ version, ...counter })),
    ),
    files: { ...(file4 !== undefined && { 4: file4 }), ...(file6 !== undefined && { 6: file6 }) },
    unconfirmed: armed !== undefined,
    connections,
    persistence,
    ...libvirt,
  };
}

/** A kernel without IPv6 has no such file, and no rules for it either. */
async function readSave6(look: Look): Promise<string | undefined> {
  const { stdout } = await look.query([
    'sh',
    '-c',
    '[ ! -e /proc/net/if_inet6 ] || { echo "# IPv6"; ip6tables-save -c; }',
  ]);
  return stdout === '' ? undefined : stdout;
}
