import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { problem } from '../core/diagnostic.ts';
import { attempt, execute } from './execute.ts';
import { gatewayOf, type HostNames, type LabNames } from './names.ts';

const forwarding = '/proc/sys/net/ipv4/ip_forward';

/** The lab's own bridge with the machine on address .1, and the way out for this subnet alone. */
export async function makeNetwork(lab: LabNames, subnet: string): Promise<void> {
  if (!existsSync(`/sys/class/net/${lab.bridge}`)) {
    await refuseTakenAddress(subnet);
    await ipBatch([
      // Without an address of its own a bridge takes a new one whenever a host comes or goes.
      `link add ${lab.bridge} address ${macOf(gatewayOf(subnet))} type bridge`,
      `addr add ${gatewayOf(subnet)}/24 dev ${lab.bridge}`,
      `link set ${lab.bridge} up`,
    ]);
  }
  await writeFile(forwarding, '1');
  if ((await ourRules(lab)).length === rulesOf(lab, subnet).length) return;
  await removeRules(lab);
  for (const rule of rulesOf(lab, subnet)) await execute(['iptables', '-w', ...rule]);
}

export async function removeNetwork(lab: LabNames): Promise<void> {
  if (existsSync('/usr/sbin/iptables')) await removeRules(lab);
  if (existsSync(`/sys/class/net/${lab.bridge}`)) await execute(['ip', 'link', 'del', lab.bridge]);
}

export async function forwardingIsOff(): Promise<boolean> {
  return (await readFile(forwarding, 'utf8')).trim() === '0';
}

export async function turnForwardingOff(): Promise<void> {
  await writeFile(forwarding, '0');
}

/** A namespace for the host, with a cable from its `eth0` to the bridge. */
export async function connectHost(lab: LabNames, subnet: string, host: HostNames): Promise<void> {
  const inside = ['ip', '-n', host.namespace];
  await execute(['ip', 'netns', 'add', host.namespace]);
  await ipBatch([
    `link add ${host.cable} type veth peer name eth0 address ${macOf(host.address)} netns ${host.namespace}`,
    `link set ${host.cable} master ${lab.bridge} up`,
  ]);
  await execute([...inside, '-batch', '-'], {
    stdin: [
      'link set lo up',
      `addr add ${host.address}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${gatewayOf(subnet)}`,
    ].join('\n'),
  });
}

/** Stays the same over boots: else everyone who knew the host would talk to its old card for half a minute. */
function macOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '1a', ...bytes].join(':');
}

/** Removes what is there of it: the cable goes with either of its ends. */
export async function disconnectHost(host: HostNames): Promise<void> {
  if (existsSync(`/sys/class/net/${host.cable}`)) await attempt(['ip', 'link', 'del', host.cable]);
  if (existsSync(`/run/netns/${host.namespace}`)) await execute(['ip', 'netns', 'del', host.namespace]);
}

async function ipBatch(lines: readonly string[]): Promise<void> {
  await execute(['ip', '-batch', '-'], { stdin: lines.join('\n') });
}

async function refuseTakenAddress(subnet: string): Promise<void> {
  const taken = await execute(['ip', '-o', 'route', 'show', 'to', 'match', `${gatewayOf(subnet)}`]);
  const others = taken.split('\n').filter((line) => line && !line.startsWith('default'));
  if (others.length > 0)
    throw problem('PV5602', `the network ${subnet}.0/24 is already in use on this machine: ${others[0]}`, {
      help: 'give this lab another one: `--subnet 10.79.0`',
    });
}

function rulesOf(lab: LabNames, subnet: string): readonly (readonly string[])[] {
  const mark = ['-m', 'comment', '--comment', lab.comment];
  const network = `${subnet}.0/24`;
  return [
    ['-t', 'nat', '-A', 'POSTROUTING', '-s', network, '!', '-d', network, ...mark, '-j', 'MASQUERADE'],
    ['-t', 'filter', '-I', 'FORWARD', '-i', lab.bridge, ...mark, '-j', 'ACCEPT'],
    ['-t', 'filter', '-I', 'FORWARD', '-o', lab.bridge, ...mark, '-j', 'ACCEPT'],
  ];
}

interface LoadedRule {
  readonly table: string;
  readonly words: readonly string[];
}

async function ourRules(lab: LabNames): Promise<readonly LoadedRule[]> {
  const rules: LoadedRule[] = [];
  for (const table of ['nat', 'filter']) {
    const lines = (await execute(['iptables', '-w', '-t', table, '-S'])).split('\n');
    const words = lines.map((line) => line.split(' ').map((word) => word.replaceAll('"', '')));
    for (const rule of words.filter((rule) => rule.includes(lab.comment))) rules.push({ table, words: rule });
  }
  return rules;
}

async function removeRules(lab: LabNames): Promise<void> {
  for (const { table, words } of await ourRules(lab))
    await execute(['iptables', '-w', '-t', table, '-D', ...words.slice(1)]);
}
