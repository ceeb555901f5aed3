import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execute } from '../../src/lab/execute.ts';
import { up } from '../../src/lab/lab.ts';
import { status } from '../../src/lab/status.ts';
import { ended, type Finished, Project, tallies } from '../support/cli.ts';
import { labHost, resetHost, testLab } from '../support/lab.ts';
import { Outside } from '../support/outside.ts';
import { layWires, plugIn, publicWire, wire } from '../support/shared-wire.ts';
import { type LabSite, onSite } from '../support/stand-in.ts';

const [pool, guests] = ['pool', 'shared-guest'].map((name) => resolve(`playbooks/${name}.yml`)) as [string, string];
let playbooks: readonly string[] = [pool, guests];
// One for each lab: the machine itself knows the way there.
const publicAddress = `198.51.100.${testLab.subnet.split('.')[1]}`;
/** What the world knows the way to. */
const known = [publicAddress, publicWire.subnet];
const forwarded = 10_023;
/** Something listens there, on the firewall and in the guests, and nobody may see it. */
const hidden = 2280;

const listenAtBoot = `
cat >/etc/systemd/system/hidden.service <<'END'
[Service]
ExecStart=nc -lk ${hidden}
[Install]
WantedBy=multi-user.target
END
systemctl -q enable --now hidden`;

/** What a guest is told when it asks its DHCP server now; asked by the guests themselves. */
const asking = `
- hosts: guests
  become: true
  tasks:
    - name: it listens on one more port
      shell.command:
        script: |
          printf 'Port 22\\nPort ${hidden}\\n' >>/etc/ssh/sshd_config
          sync
          kill "$(cat /run/sshd.pid)"
        unless: grep -q ${hidden} /etc/ssh/sshd_config
    - name: it asks for an address
      shell.command:
        script: |
          printf '#!/bin/sh\\n[ "$1" != bound ] || echo "$ip"\\n' >/run/told
          chmod +x /run/told
          udhcpc -i eth0 -q -n -t 8 -T 1 -s /run/told
      register: told
    - name: and is told its own
      assert.that: { that: ["<%= told.stdout.trim() === ip %>"] }
`;

let project: Project;
let client: Outside;
let first: LabSite;
let second: LabSite;

async function site(host: string): Promise<LabSite> {
  await resetHost(host);
  return { lab: testLab.name, host, address: (await labHost(host)).address };
}

async function inPlace(where: LabSite, script: string): Promise<string> {
  const { exit, stdout, stderr } = await onSite(where, script);
  if (exit !== 0) throw new Error(`${where.host}: ${script}: ${stderr}`);
  return stdout.trim();
}

const everywhere = (script: string) => Promise.all([first, second].map((where) => inPlace(where, script)));

/** Both generations of network: guests behind an address or a port of the firewall, and one with an address of its own. */
async function describePool(): Promise<void> {
  const guest = (hypervisor: string, password: string) => ({
    hypervisor,
    network: 'lan9',
    ssh: { user: 'tuna', password },
  });
  const network = (kind: string, { bridge, subnet, gateway }: typeof wire) => {
    const range = ['50', '99'].map((last) => gateway.replace(/\d+$/, last)).join('-');
    return { kind, subnet, gateway, range, bridge, interface: bridge };
  };
  await project.edit([
    [['all', 'vars', 'networks', 'lan9'], network('bridged', wire)],
    [['all', 'vars', 'networks', 'world8'], network('public', publicWire)],
    [['guests', 'hosts', 'everest'], undefined],
    [['guests', 'hosts', 'makalu'], guest(second.host, 'word of makalu')],
    [['guests', 'hosts', 'makalu', 'public_ip'], publicAddress],
    [['guests', 'hosts', 'makalu', 'accept'], [{ protocol: 'tcp', destination_port: 22 }]],
    [['guests', 'hosts', 'lhotse'], guest(first.host, 'word of lhotse')],
    [['guests', 'hosts', 'lhotse', 'ssh', 'host'], first.address],
    [['guests', 'hosts', 'lhotse', 'ssh', 'port'], forwarded],
    [['guests', 'hosts', 'k2'], { ...guest(second.host, 'word of k2'), network: 'world8' }],
    [['guests', 'hosts', 'k2', 'accept'], [{ protocol: 'tcp', destination_port: 22 }]],
  ]);
}

function provision(...argv: readonly string[]): Promise<Finished> {
  return project.provision(...argv, '-i', project.inventory, '--output', 'ndjson');
}

async function makesPool(): Promise<Finished> {
  const made = await provision(...playbooks, '-y');
  expect(ended(made, 'failed', 'unknown', 'unreachable')).toEqual([]);
  expect(made.exit).toBe(0);
  return made;
}

async function isMade(): Promise<void> {
  expect(ended(await makesPool(), 'changed')).toEqual([]);
}

/** No guest has an `ip` in the inventory: each gets the one that was allotted, in their order. */
const [makalu, lhotse, k2] = ['10.9.0.50', '10.9.0.51', publicWire.gateway.replace(/\d+$/, '50')] as const;

async function ask(): Promise<readonly string[]> {
  return ended(await provision(join(project.folder, 'asking.yml')), 'failed', 'unreachable');
}

/** What a client of neither host nor guest finds, who even knows the way to private addresses. */
async function found() {
  const [pin, port, own, ...ports] = await Promise.all([
    client.shownKey(publicAddress),
    client.shownKey(first.address, forwarded),
    client.shownKey(k2),
    ...[publicAddress, first.address, k2, lhotse].map((address) => client.openPorts(address, [1, 3000])),
  ]);
  return { pin, port, own, ports };
}

async function keysOf(...guests: readonly string[]): Promise<readonly string[]> {
  const pins = await readFile(project.knownHosts, 'utf8');
  return guests.map((guest) => new RegExp(`^${guest} (.+)$`, 'm').exec(pins)?.[1] ?? 'no key');
}

/** The guests, the world, and the next run agree on the pool. */
async function stands(): Promise<void> {
  await expect.poll(ask, { timeout: 90_000, interval: 1000 }).toEqual([]);
  const [pin, port, own] = await keysOf('makalu', 'lhotse', 'k2');
  await expect.poll(found, { timeout: 60_000 }).toEqual({ pin, port, own, ports: [[22], [22], [22], []] });
  // Closed they are only by the firewall.
  expect(await inPlace(first, `for at in ${makalu} ${lhotse} ${k2}; do nc -zw 3 $at ${hidden}; done; echo heard`)).toBe(
    'heard',
  );
  await isMade();
}

async function isProved(...options: readonly string[]): Promise<string> {
  let stdout = '';
  const failures = async () => {
    const done = await project.provision('verify', ...options, '-i', project.inventory, '--from', second.host);
    stdout = done.stdout;
    return [done.exit, ...(stdout.match(/^\S+ +[a-z]+ +failed .*$/gm) ?? [])];
  };
  await expect.poll(failures, { timeout: 240_000 }).toEqual([0]);
  expect(stdout).toMatch(new RegExp(`^makalu +public +ok +${publicAddress}:22 shows the pinned host key`, 'm'));
  expect(stdout).toMatch(new RegExp(`^makalu +lease +ok +${makalu} is leased to`, 'm'));
  expect(stdout).toMatch(/^makalu +address +ok/m);
  expect(stdout).toMatch(new RegExp(`^hypervisor1 +closed +ok .*\\b${hidden}\\b`, 'm'));
  return stdout;
}

/** All hosts lose their power and boot. */
async function reboot(): Promise<void> {
  const hosts = async () => (await status(testLab.name)).hosts;
  for (const { pid } of await hosts()) process.kill(pid ?? 0, 'SIGKILL');
  const running = async () => (await hosts()).filter(({ state }) => state === 'running');
  await expect.poll(running, { timeout: 60_000 }).toEqual([]);
  await up({ ...testLab, report: () => undefined });
  await plugIn([first, second]);
}

const events: Readonly<Record<string, () => Promise<unknown>>> = {
  'libvirtd restarts': () => everywhere('systemctl restart libvirtd'),
  'networks restart': () =>
    everywhere(
      'for name in $(virsh net-list --name); do virsh net-destroy $name; virsh net-start $name; done; systemctl restart systemd-networkd',
    ),
  'nftables reloads': () => everywhere('systemctl start nftables; systemctl reload nftables'),
  'the hosts reboot': reboot,
};

describe('a pool of two hypervisors', { sequential: true }, () => {
  beforeAll(async () => {
    project = await Project.create();
    [first, second] = [await site('hypervisor1'), await site('hypervisor2')];
    await layWires([first, second]);
    await everywhere('apt-get -qq update; apt-get -qq -y install nftables >/dev/null');
    await inPlace(first, listenAtBoot);
    client = await Outside.besideHosts(testLab.name, testLab.subnet);
    for (const to of [...known, wire.subnet]) await client.knowsTheWay(to, first.address);
    for (const to of known) await execute(['ip', 'route', 'replace', to, 'via', first.address]);
    // The policy lets in guests of the networks that libvirt has by then.
    await provision(guests, '-l', 'hypervisors');
    await writeFile(join(project.folder, 'asking.yml'), asking);
  });

  afterAll(async () => {
    for (const to of known) await execute(['sh', '-c', `ip route del ${to} || true`]);
    await client.remove();
    await project.remove();
  });

  test.each(['firewall', 'pool'])(
    '%s.yml runs as it is on the inventory that the lab wrote, and once',
    async (name) => {
      for (const changes of [true, false]) {
        const done = await provision(resolve(`playbooks/${name}.yml`));
        expect(ended(done, 'failed', 'unknown', 'unreachable')).toEqual([]);
        expect(ended(done, 'changed').length > 0).toBe(changes);
      }
    },
  );

  test('is found right before anything is done', async () => {
    await describePool();
    const { exit, stderr } = await project.provision('validate', ...playbooks, '-i', project.inventory);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });

  test('is made with its guests by one run', async () => {
    await makesPool();
    expect((await inPlace(second, 'virsh list --name')).split('\n').toSorted()).toEqual(['k2', 'makalu']);
  });

  test(
    'gives guests their addresses, shows the world what the inventory says, and is left alone by the next run',
    stands,
  );

  test('lets its guests out, under an address of their own or that of the firewall', async () => {
    const call = `- hosts: guests\n  tasks: [{ shell.command: { argv: [nc, -w, "3", ${client.address}, "9000"] } }]\n`;
    const playbook = await project.writePlaybook('call.yml', call);
    const callerFor = (guest: string) => client.caller(9000, () => provision(playbook, '-l', guest));
    expect(await callerFor('makalu')).toBe(publicAddress);
    expect(await callerFor('k2')).toBe(k2);
    expect(await callerFor('lhotse')).toBe(first.address);
  });

  test('is proved, also for one guest by its own hypervisor, the firewall and the DHCP server', async () => {
    const proof = await isProved();
    expect(proof).toMatch(/^lhotse +ssh +ok +\S+:10023 shows the pinned host key/m);
    expect(proof).toMatch(new RegExp(`^k2 +ssh +ok +${k2}:22 shows the pinned host key`, 'm'));
    expect(await isProved('makalu')).not.toMatch(/^lhotse/m);
  });

  test.each(Object.entries(events))('stays when %s', async (_name, happens) => {
    await happens();
    await stands();
  });

  test('has Kea in the place of isc-dhcp-server by one setting', async () => {
    // Kea wants the port for itself, which libvirt's own DHCP server has on a hypervisor with a NAT network.
    await inPlace(first, 'virsh net-destroy nat; virsh net-autostart nat --disable');
    playbooks = [pool];
    await project.edit([[['all', 'vars', 'dhcp_server'], 'kea']]);
    expect(tallies(await makesPool())[first.host]?.changed).toBeGreaterThan(0);
    await stands();
    await isProved();
  });

  test.each(Object.entries(events))('stays with Kea when %s', async (_name, happens) => {
    await happens();
    await stands();
  });

  test('is proved at the end', () => isProved().then(() => undefined));
});
