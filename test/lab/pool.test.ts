import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute } from '../../src/lab/execute.ts';
import { hostNames, labNames } from '../../src/lab/names.ts';
import { ended, type Finished, Project, tallies } from '../support/cli.ts';
import { labHost, resetHost, testLab } from '../support/lab.ts';
import { Outside } from '../support/outside.ts';
import { type LabSite, onSite, shownKeys, standIn, standInPort, startNetwork } from '../support/stand-in.ts';

const playbook = resolve('playbooks/pool.yml');
const publicAddress = '198.51.100.10';
const mac = '02:33:33:33:33:35';

/** The wire that hypervisors share; the first is also the way out of it. */
const bridge = (number: number): string => `
  ip link add br9 type bridge; ip addr add 10.9.0.${number}/24 dev br9
  ip link set br9 up; ip link set wire9 master br9 up`;

/** A guest of the second hypervisor, which asks for its address and answers by SSH and on one more port. */
const makalu = `
  apt-get -qq update; apt-get -qq install --no-install-recommends busybox >/dev/null
  ip netns add makalu; ip link add port9 type veth peer name eth0 address ${mac} netns makalu
  ip link set port9 master br9 up; ip -n makalu link set lo up; ip -n makalu link set eth0 up
  ssh-keygen -q -t ed25519 -N '' -f /root/makalu; mkdir -p /run/sshd
  ip netns exec makalu /usr/sbin/sshd -h /root/makalu -o PidFile=none
  systemd-run -q --unit=makalu-port ip netns exec makalu nc -lk ${standInPort}
  cut -d' ' -f1,2 /root/makalu.pub`;

const takeAddress = `
  printf '#!/bin/sh\\n[ "$1" != bound ] || { ip addr add $ip/24 dev eth0; ip route add default via $router; echo $ip; }\\n' >/root/bound
  chmod +x /root/bound
  ip netns exec makalu busybox udhcpc -i eth0 -f -n -q -t 8 -T 1 -s /root/bound 2>/dev/null`;

let project: Project;
let client: Outside;
let first: LabSite;
let second: LabSite;
const keys = { everest: '', makalu: '' };

async function inPlace(site: LabSite, script: string): Promise<string> {
  const { exit, stdout, stderr } = await onSite(site, script);
  if (exit !== 0) throw new Error(`${site.host}: ${script}: ${stderr}`);
  return stdout.trim();
}

async function site(host: string): Promise<LabSite> {
  await resetHost(host);
  return { lab: testLab.name, host, address: (await labHost(host)).address };
}

async function layWire(): Promise<void> {
  const [one, two] = [1, 2].map((number) => hostNames(labNames(testLab.name), testLab.subnet, number).namespace);
  const link = `link add wire9 netns ${one} type veth peer name wire9 netns ${two}`;
  await execute(['ip', ...link.split(' ')]);
}

async function describePool(): Promise<void> {
  const lan9 = { kind: 'bridged', subnet: '10.9.0.0/24', gateway: '10.9.0.1', bridge: 'br9', interface: 'br9' };
  const guest = { hypervisor: second.host, network: 'lan9', ip: '10.9.0.50', mac, public_ip: publicAddress };
  await project.edit([
    [['all', 'vars', 'networks', 'lan9'], lan9],
    [['guests', 'hosts', 'makalu'], { ...guest, accept: [{ protocol: 'tcp', destination_port: 22 }] }],
    [['guests', 'hosts', 'makalu', 'ssh'], { host: publicAddress, user: 'tuna' }],
    [['guests', 'hosts', 'everest', 'ssh', 'host'], first.address],
  ]);
}

function run(): Promise<Finished> {
  return project.provision(playbook, '-i', project.inventory, '--output', 'ndjson');
}

describe('a pool of two hypervisors', { sequential: true }, () => {
  beforeAll(async () => {
    project = await Project.create();
    [first, second] = [await site('hypervisor1'), await site('hypervisor2')];
    await layWire();
    await Promise.all([inPlace(first, bridge(1)), inPlace(second, bridge(2))]);
    await startNetwork(first);
    keys.everest = await standIn(first);
    keys.makalu = await inPlace(second, makalu);
    client = await Outside.besideHosts(testLab.name, testLab.subnet);
    await client.knowsTheWay(publicAddress, first.address);
    await inPlace(second, `ip route replace ${publicAddress} via ${first.address}`);
    await describePool();
  });

  afterAll(async () => {
    await client.remove();
    await project.remove();
  });

  test('is found right before anything is done', async () => {
    const { exit, stderr } = await project.provision('validate', playbook, '-i', project.inventory);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });

  test('is made by one run, and left alone by the next', async () => {
    const made = await run();
    expect(ended(made, 'failed', 'unknown', 'unreachable')).toEqual([]);
    expect(made.exit).toBe(0);
    const again = tallies(await run());
    expect(again).toMatchObject({ hypervisor1: { changed: 0, failed: 0 }, hypervisor2: { changed: 0, failed: 0 } });
  });

  test('gives a guest of the second hypervisor its address, from the server on the first', async () => {
    expect(await inPlace(second, takeAddress)).toBe('10.9.0.50');
  });

  test('shows the world what the inventory says, and nothing else', async () => {
    await expect.poll(() => client.shownKey(publicAddress), { timeout: 30_000 }).toBe(keys.makalu);
    expect(await client.openPorts(publicAddress, [1, 3000])).toEqual([22]);
    expect(await client.openPorts(first.address, [1, 12_000])).toEqual([22, 10_022]);
    expect((await shownKeys(first, 10_022))[0]).toBe(keys.everest);
  });

  test('lets its guests out, under their public address or that of the firewall', async () => {
    const call = (by: string) => () => inPlace(second, `ip netns exec makalu nc -s ${by} -zw 3 ${client.address} 9000`);
    expect(await client.caller(9000, call('10.9.0.50'))).toBe(publicAddress);
    await inPlace(second, 'ip -n makalu addr add 10.9.0.51/24 dev eth0');
    expect(await client.caller(9000, call('10.9.0.51'))).toBe(first.address);
  });

  test('is proved', async () => {
    await writeFile(join(project.folder, 'known_hosts'), `everest ${keys.everest}\nmakalu ${keys.makalu}\n`);
    const { exit, stdout } = await project.provision('verify', '-i', project.inventory, '--from', second.host);
    expect(stdout).toMatch(/^makalu +public +ok +198.51.100.10:22 shows the pinned host key/m);
    expect(stdout).toMatch(/^makalu +lease +ok +10.9.0.50 is leased to/m);
    expect(stdout).toMatch(/^everest +ssh +ok +\S+:10022 shows the pinned host key/m);
    expect(stdout).toMatch(new RegExp(`^hypervisor1 +closed +ok .*\\b${standInPort}\\b`, 'm'));
    expect(exit).toBe(0);
  });

  test('is proved for one guest by its own hypervisor, the firewall and the DHCP server', async () => {
    const { stdout } = await project.provision('verify', 'makalu', '-i', project.inventory, '--from', second.host);
    expect(stdout).not.toMatch(/^everest/m);
    expect(stdout).toMatch(new RegExp(`^hypervisor1 +closed +ok .*\\b${standInPort}\\b`, 'm'));
  });
});
