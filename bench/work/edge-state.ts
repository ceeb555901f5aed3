import { mkdir, readFile, rm } from 'node:fs/promises';
import { execute } from '../../src/lab/execute.ts';
import type { RigHost } from '../rig/names.ts';
import { dhcpConfig, edgeGuestsOf } from './edge-model.ts';

const dropped = ['INPUT', 'FORWARD'];
/** What provision keeps on the host, besides rules. */
const kept = ['etc/provision', 'etc/systemd/system', 'sbin/provision-firewall'];

/** The host as it is before: no rules, no configuration. */
export async function resetEdge(host: RigHost): Promise<void> {
  await rm(host.folder, { recursive: true, force: true });
  await mkdir(host.folder, { recursive: true });
  for (const path of kept) await rm(`${host.own}/${path}`, { recursive: true, force: true });
  for (const command of ['iptables', 'ip6tables']) {
    for (const chain of dropped) await inside(host, [command, '-P', chain, 'ACCEPT']);
    await inside(host, [command, '-F']);
    await inside(host, [command, '-X']);
  }
}

/** The configuration, the accepts for guests in order, and what becomes of everything else, one a line. */
export async function observedEdge(host: RigHost): Promise<readonly string[]> {
  const rules = (await inside(host, ['iptables-save', '-t', 'filter'])).split('\n');
  const accepts = rules.flatMap((line) => (/^-A \S+ (-d 10\.0\.\S+ .*)$/.exec(line) ?? []).slice(1));
  const shut = dropped.filter((chain) => isShut(rules, chain)).map((chain) => `${chain} drops the rest`);
  return [...(await readFile(dhcpConfig, 'utf8')).split('\n'), ...accepts, ...shut];
}

/** By the chain's policy, or by the last rule of the last chain that it jumps to. */
export function isShut(rules: readonly string[], chain: string): boolean {
  if (rules.some((line) => line.startsWith(`:${chain} DROP `))) return true;
  const jump = rules.findLast((line) => line.startsWith(`-A ${chain} `));
  const last = rules.findLast((line) => line.startsWith(`-A ${jump?.split(' ').at(-1)} `));
  return last?.endsWith(' -j DROP') ?? false;
}

/** From the model alone. */
export function expectedEdge(count: number): readonly string[] {
  const guests = edgeGuestsOf(count);
  return [
    '# Kept by provision: what is changed here by hand is undone by its next run.',
    ...['authoritative;', 'ddns-update-style none;', ''],
    ...['# lan', 'subnet 10.0.0.0 netmask 255.255.0.0 {', '  option routers 10.0.0.1;', '}', ''],
    ...guests.map(
      ({ name, ip, mac }) =>
        `host ${name} { hardware ethernet ${mac}; fixed-address ${ip}; option host-name "${name}"; }`,
    ),
    '',
    ...guests.map(({ name, ip }) => `-d ${ip}/32 -p tcp -m tcp --dport 443 -m comment --comment ${name} -j ACCEPT`),
    ...dropped.map((chain) => `${chain} drops the rest`),
  ];
}

function inside(host: RigHost, argv: readonly string[]): Promise<string> {
  return execute(['ip', 'netns', 'exec', host.namespace, ...argv]);
}
