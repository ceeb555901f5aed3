import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, type Finished, Project } from '../support/cli.ts';
import { emulators, hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost } from '../support/lab.ts';

/** Guests that run all the time: the installer of the mini guest, which gets an address and then waits for good. */
const bystanders = ['makalu', 'manaslu', 'nuptse'].map((name, at) => ({
  name,
  mac: `02:33:33:33:55:0${at}`,
  uuid: `7f1b4b5c-8b0e-4a8e-9d0a-00000000000${at}`,
}));

const template = `<domain type="qemu">
  <name><%= item.name %></name>
  <uuid><%= item.uuid %></uuid>
  <memory unit="MiB">192</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch="x86_64" machine="pc">hvm</type>
    <kernel>/data/iso/linux</kernel>
    <initrd>/data/iso/initrd.gz</initrd>
    <cmdline>console=ttyS0 no_timer_check hostname=<%= item.name %></cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode="maximum"/>
  <devices>
    <interface type="network">
      <mac address="<%= item.mac %>"/>
      <source network="nat"/>
      <model type="virtio"/>
    </interface>
    <serial type="file">
      <source path="/tmp/<%= item.name %>.log" append="off"/>
      <target port="0"/>
    </serial>
  </devices>
</domain>
`;

const ofBystanders = `
- hosts: hypervisors
  tasks:
    - libvirt.domain: { xml: bystander.xml.ejs }
      loop: ${JSON.stringify(bystanders)}
`;

/** Room in the project's own network for what the tests change of it. */
const roomier: readonly (readonly [string, string])[] = [
  [
    '  <forward mode="nat"/>\n',
    `  <forward mode="<%= forward_mode %>"/>
<% if (bridge !== '') { -%>
  <bridge name="<%= bridge %>"/>
<% } if (name_in_dns !== '') { -%>
  <dns><host ip="192.168.101.9"><hostname><%= name_in_dns %></hostname></host></dns>
<% } -%>
`,
  ],
  [
    '    </dhcp>',
    `<% if (printer !== '') { -%>
      <host mac="52:54:00:00:00:07" name="printer" ip="<%= printer %>"/>
<% } -%>
    </dhcp>`,
  ],
];
const defaults = { restart: 'never', unnamed: 'keep', forward_mode: 'nat', bridge: '', name_in_dns: '', printer: '' };

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  await hostExec(hypervisor, ['systemctl', 'is-system-running', '--wait']);
  project = await Project.create();
  for (const folder of ['playbooks', 'templates'])
    await cp(resolve(folder), join(project.folder, folder), { recursive: true });
  await rewrite('playbooks/shared-guest.yml', [
    ['xml: network.xml.ejs', 'xml: network.xml.ejs, restart: "<%= restart %>", unnamed: "<%= unnamed %>"'],
  ]);
  await rewrite('templates/network.xml.ejs', roomier);
  await want(defaults);
  expect(failures(await run('-l', hypervisor))).toEqual([]);
  await writeFile(join(project.folder, 'templates/bystander.xml.ejs'), template);
  const playbook = await project.writePlaybook('playbooks/bystanders.yml', ofBystanders);
  const started = await project.provision(playbook, '-i', project.inventory, '-l', hypervisor, '--output', 'ndjson');
  expect(failures(started)).toEqual([]);
  await eachAnswers();
});

afterAll(() => project.remove());

describe('three guests that run', { sequential: true }, () => {
  test('go on as they are while another one comes, is changed and goes', async () => {
    const before = await links();
    expect(failures(await run('-l', `${hypervisor},everest`))).toEqual([]);
    expect(Object.keys(await emulators())).toContain('everest');
    await project.edit([[['guests', 'hosts', 'everest', 'memory'], 256]]);
    const changed = await run('-l', `${hypervisor},everest`);
    expect(failures(changed)).toEqual([]);
    expect(ended(changed, 'changed').join('\n')).toContain('restart: memory is 192 MiB, not 256 MiB');
    const destroyed = await project.provision('destroy', 'everest', '-i', project.inventory, '-y');
    expect(destroyed.exit, destroyed.stderr).toBe(0);
    expect(Object.keys(await emulators())).not.toContain('everest');
    expect(await links()).toEqual(before);
    await eachAnswers();
  });

  test('go on as they are while reservations, ranges and names of their network come, change and go', async () => {
    const before = await links();
    for (const [printer, name, end] of [
      ['192.168.101.7', 'nine', '192.168.101.254'],
      ['192.168.101.8', 'niner', '192.168.101.200'],
    ] as const) {
      await want({ printer, name_in_dns: name, dhcp_end: end });
      expect(failures(await run('-l', hypervisor))).toEqual([]);
      for (const which of [[], ['--inactive']]) {
        const xml = await virsh('net-dumpxml', 'nat', ...which);
        for (const said of [`ip='${printer}'`, `<hostname>${name}</hostname>`, `end='${end}'`]) {
          expect(xml.split(said)).toHaveLength(2);
        }
      }
      await changesNothing();
    }
    await want({ printer: '', name_in_dns: '', unnamed: 'remove' });
    expect(failures(await run('-l', hypervisor))).toEqual([]);
    for (const which of [[], ['--inactive']]) {
      expect(await virsh('net-dumpxml', 'nat', ...which)).not.toMatch(/printer|hostname/);
    }
    await changesNothing();
    expect(await links()).toEqual(before);
  });

  test('are named before their network is restarted, which nobody does unless it is allowed', async () => {
    const before = await links();
    await want({ forward_mode: 'open' });
    const refused = ended(await run('-l', hypervisor), 'failed').join('\n');
    expect(refused).toContain('forward/@mode is nat, not open');
    for (const { name } of bystanders) expect(refused).toContain(name);
    await want({ restart: 'allowed' });
    const checked = await run('-l', hypervisor, '--check');
    expect(failures(checked)).toEqual([]);
    expect(checked.stdout).toContain('restart: stop and start network nat (it cuts off makalu, manaslu, nuptse');
    expect(await links()).toEqual(before);
    await eachAnswers();
  });

  test('are on their network again after it was restarted, and have not noticed more than a pause', async () => {
    const before = await links();
    expect(failures(await run('-l', hypervisor))).toEqual([]);
    expect(await virsh('net-dumpxml', 'nat')).toContain("<forward mode='open'/>");
    expect(await links()).toEqual(before);
    await eachAnswers();
    await changesNothing();
  });

  test('are moved to another bridge where the network gets one', async () => {
    const before = await links();
    await want({ bridge: 'virbr77' });
    expect(failures(await run('-l', hypervisor))).toEqual([]);
    expect(await links()).toEqual(before.replaceAll(/virbr\d+/g, 'virbr77'));
    await eachAnswers();
    await changesNothing();
  });

  test('keep their network as it was where it does not start as wanted', async () => {
    const before = await links();
    await hostExec(hypervisor, ['ip', 'link', 'add', 'taken0', 'type', 'bridge']);
    await want({ bridge: 'taken0' });
    expect(failures(await run('-l', hypervisor)).join('\n')).toContain('taken0');
    expect(await links()).toEqual(before);
    await eachAnswers();
    await want({ bridge: 'virbr77' });
    await changesNothing();
  });

  test('are put back on a network that somebody stopped and started under them', async () => {
    const before = await links();
    await want({ restart: 'never' });
    await virsh('net-destroy', 'nat');
    await virsh('net-start', 'nat');
    expect(await links()).not.toEqual(before);
    const mended = await run('-l', hypervisor);
    expect(ended(mended, 'changed').join('\n')).toContain('of makalu to network nat again');
    expect(await links()).toEqual(before);
    await eachAnswers();
    await changesNothing();
  });
});

async function rewrite(file: string, replacements: readonly (readonly [string, string])[]): Promise<void> {
  const path = join(project.folder, file);
  let text = await readFile(path, 'utf8');
  for (const [before, after] of replacements) {
    expect(text).toContain(before);
    text = text.replace(before, () => after);
  }
  await writeFile(path, text);
}

function want(variables: Readonly<Record<string, string>>): Promise<void> {
  return project.edit(Object.entries(variables).map(([name, value]) => [['all', 'vars', name], value] as const));
}

function run(...options: readonly string[]): Promise<Finished> {
  const playbook = join(project.folder, 'playbooks/shared-guest.yml');
  return project.provision(playbook, '-i', project.inventory, '-y', '--output', 'ndjson', ...options);
}

function failures(finished: Finished): readonly string[] {
  const ends = ended(finished, 'failed', 'unreachable', 'unknown');
  return finished.exit === 1 ? [finished.stderr] : ends;
}

async function changesNothing(): Promise<void> {
  const again = await run('-l', hypervisor);
  expect([...failures(again), ...ended(again, 'changed')]).toEqual([]);
}

async function virsh(...words: readonly string[]): Promise<string> {
  return (await hostExec(hypervisor, ['virsh', ...words])).stdout;
}

/** Of each bystander: its process, and its end of the link with index, carrier changes and bridge. */
async function links(): Promise<string> {
  const script = `for guest in ${bystanders.map(({ name }) => name).join(' ')}; do
    tap=$(virsh domiflist $guest | sed -n 's/^ *\\(vnet[0-9]*\\).*/\\1/p') at=/sys/class/net/$tap
    echo $guest $(cat /run/libvirt/qemu/$guest.pid) $tap $(cat $at/ifindex $at/carrier_changes) $(basename "$(readlink $at/master)")
  done`;
  return (await hostExec(hypervisor, ['sh', '-c', script])).stdout;
}

/** By the addresses that they were given first. A new bridge listens for some seconds before it forwards. */
async function eachAnswers(): Promise<void> {
  const script = `for mac in ${bystanders.map(({ mac }) => mac).join(' ')}; do
    tries=0 known=/run/address-of-$mac
    until [ -s $known ] && ping -c 1 -W 1 $(cat $known) >/dev/null; do
      [ -s $known ] || virsh net-dhcp-leases nat --mac $mac | sed -n 's,.* \\([0-9.]*\\)/24 .*,\\1,p' >$known
      tries=$((tries + 1)); [ $tries -lt 90 ] || { echo "$mac is silent"; exit 1; }; sleep 0.5
    done
  done`;
  const { exit, stdout } = await hostExec(hypervisor, ['sh', '-c', script]);
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' });
}
