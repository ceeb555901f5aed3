import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, type Finished, Project } from '../support/cli.ts';
import { emulators, hypervisor, inGuest } from '../support/guest-login.ts';
import { hostExec, resetHost } from '../support/lab.ts';

let project: Project;

/** What the project's own templates leave to whoever wants room to grow into. */
const roomier: readonly (readonly [string, string])[] = [
  ['<uuid><%= uuid %></uuid>', '<uuid><%= uuid %></uuid>\n  <description><%= about %></description>'],
  [
    '<memory unit="MiB"><%= memory %></memory>',
    '<memory unit="MiB"><%= max_memory %></memory>\n  <currentMemory unit="MiB"><%= memory %></currentMemory>',
  ],
  ['<vcpu><%= vcpus %></vcpu>', '<vcpu current="<%= vcpus %>"><%= max_vcpus %></vcpu>'],
  [
    '      <target dev="vda" bus="virtio"/>\n    </disk>\n',
    `      <target dev="vda" bus="virtio"/>
    </disk>
<% for (const [at, path] of further_disks.entries()) { -%>
    <disk type="file" device="disk">
      <driver name="qemu" type="raw"/>
      <source file="<%= path %>"/>
      <target dev="vd<%= 'bcd'[at] %>" bus="virtio"/>
    </disk>
<% } -%>
`,
  ],
  [
    "<% if (phase === 'install') { -%>\n    <serial",
    `<% for (const { address, link } of further_interfaces) { -%>
    <interface type="network">
      <mac address="<%= address %>"/>
      <source network="<%= network_name %>"/>
      <model type="virtio"/>
      <link state="<%= link %>"/>
    </interface>
<% } -%>
<% if (phase === 'install') { -%>
    <serial`,
  ],
];

const second = '02:33:33:33:44:44';

beforeAll(async () => {
  await resetHost(hypervisor);
  project = await Project.create();
  for (const folder of ['playbooks', 'templates'])
    await cp(resolve(folder), join(project.folder, folder), { recursive: true });
  await rewrite('templates/domain.xml.ejs', roomier);
  await rewrite('playbooks/shared-guest.yml', [
    ['        seed: {', '        restart: "<%= restart %>"\n        restart_within: 60\n        seed: {'],
    [
      '    - name: its SSH port',
      `    - name: told\n      debug: { msg: "waiting: <%= guest.restart_for.join() %>." }\n    - name: its SSH port`,
    ],
    [
      '      delegate_to: "<%= hypervisor %>"\n      libvirt.guest:',
      '      delegate_to: "<%= hypervisor %>"\n      register: guest\n      libvirt.guest:',
    ],
  ]);
  const ssh = { port: 10023, user: 'tuna', password: 'a second word' };
  await project.edit([
    [['all', 'vars', 'about'], 'the first'],
    [['all', 'vars', 'max_memory'], 320],
    [['all', 'vars', 'max_vcpus'], 2],
    [['all', 'vars', 'further_disks'], []],
    [['all', 'vars', 'further_interfaces'], []],
    [['all', 'vars', 'restart'], 'never'],
    [['guests', 'hosts', 'lhotse'], { hypervisor, ip: '192.168.101.101', ssh }],
  ]);
  const installed = await run();
  expect(failures(installed), installed.stderr).toEqual([]);
  await hostExec(hypervisor, ['truncate', '-s', '64M', '/data/vms/further.img']);
});

afterAll(() => project.remove());

describe('a guest that runs', { sequential: true }, () => {
  test('is shown in check mode what would reach it when, and is not touched', async () => {
    await want({ about: 'the same, described anew', memory: 256, vcpus: 2, disk: '320M' });
    await want({
      further_disks: ['/data/vms/further.img'],
      further_interfaces: [{ address: second, link: 'up' }],
    });
    const before = await definitions();
    const checked = await run('--check', '--diff');
    expect(failures(checked)).toEqual([]);
    expect(checked.stdout).toContain('live: vcpu/@current is 1, not 2');
    expect(checked.stdout).toContain('live: attach disk vdb');
    expect(await definitions()).toEqual(before);
  });

  test('gets memory, processors, a larger disk, a further disk and interface, and its description while it runs', async () => {
    const before = await emulators();
    const places = await slots('--inactive');
    const changed = await run();
    expect(failures(changed), changed.stdout).toEqual([]);
    expect(ended(changed, 'ok').join('\n')).toContain('waiting: .');
    expect(await emulators()).toEqual(before);
    for (const which of [[], ['--inactive']]) {
      const xml = await dumped(...which);
      expect(xml).toContain('<description>the same, described anew</description>');
      expect(xml).toContain("<currentMemory unit='KiB'>262144</currentMemory>");
      expect(xml).toContain('>2</vcpu>');
      expect(xml).toContain('/data/vms/further.img');
    }
    expect(await slots('--inactive')).toEqual(expect.arrayContaining([...places]));
    expect(await slots('--inactive')).toEqual(await slots());
    expect(await inGuest(project, 'everest', ['cat', '/sys/class/block/vda/size'])).toBe(String(320 * 2048));
    expect(await inGuest(project, 'everest', ['cat', '/sys/class/block/vdb/size'])).toBe(String(64 * 2048));
    expect(await inGuest(project, 'everest', ['sh', '-c', 'cat /sys/class/net/*/address'])).toContain(second);
    await changesNothing();
  });

  test('loses the link of an interface while it runs', async () => {
    const before = await emulators();
    await want({ further_interfaces: [{ address: second, link: 'down' }] });
    const changed = await run();
    expect(failures(changed), changed.stdout).toEqual([]);
    expect(await emulators()).toEqual(before);
    expect((await hostExec(hypervisor, ['virsh', 'domif-getlink', 'everest', second])).stdout).toContain('down');
    await changesNothing();
  });

  test('waits for a restart where none is allowed, and says so', async () => {
    const before = await emulators();
    await want({ max_memory: 384 });
    const changed = await run();
    expect(failures(changed)).toEqual([]);
    expect(ended(changed, 'changed').join('\n')).toContain('restart: memory is 320 MiB, not 384 MiB');
    expect(ended(changed, 'ok').join('\n')).toContain('waiting: memory is 320 MiB, not 384 MiB.');
    const shown = await project.provision('status', 'everest', '-i', project.inventory);
    expect(shown.stdout).toContain('waits for a restart');
    expect(await emulators()).toEqual(before);
    await changesNothing();
  });

  test('is restarted where that is allowed, and nobody else', async () => {
    const before = await emulators();
    await want({ restart: 'allowed' });
    const changed = await run();
    expect(failures(changed), changed.stdout).toEqual([]);
    const after = await emulators();
    expect(after.lhotse).toBe(before.lhotse);
    expect(after.everest).not.toBe(before.everest);
    expect(await dumped()).toContain("<memory unit='KiB'>393216</memory>");
    expect(ended(changed, 'ok').join('\n')).toContain('waiting: .');
    await changesNothing();
  });
});

async function rewrite(file: string, replacements: readonly (readonly [string, string])[]): Promise<void> {
  let text = await readFile(join(project.folder, file), 'utf8');
  for (const [before, after] of replacements) {
    expect(text).toContain(before);
    text = text.replace(before, () => after);
  }
  await writeFile(join(project.folder, file), text);
}

function want(variables: Readonly<Record<string, unknown>>): Promise<void> {
  return project.edit(
    Object.entries(variables).map(([name, value]) => [['guests', 'hosts', 'everest', name], value] as const),
  );
}

function run(...options: readonly string[]): Promise<Finished> {
  const playbook = join(project.folder, 'playbooks/shared-guest.yml');
  return project.provision(playbook, '-i', project.inventory, '-y', '--output', 'ndjson', ...options);
}

function failures(finished: Finished): readonly string[] {
  return ended(finished, 'failed', 'unreachable', 'unknown');
}

async function changesNothing(): Promise<void> {
  const before = [await definitions(), await emulators()];
  const again = await run();
  expect(ended(again, 'changed', 'failed', 'unreachable', 'unknown')).toEqual([]);
  expect([await definitions(), await emulators()]).toEqual(before);
}

async function dumped(...which: readonly string[]): Promise<string> {
  return (await hostExec(hypervisor, ['virsh', 'dumpxml', 'everest', ...which])).stdout;
}

/** All definitions on the hypervisor: as they run, and as they start next. */
async function definitions(): Promise<string> {
  const each = 'for g in everest lhotse; do virsh dumpxml $g; virsh dumpxml --inactive $g; done';
  return (await hostExec(hypervisor, ['sh', '-c', each])).stdout;
}

/** `bus 0x00 slot 0x03` of every device that sits on PCI. */
async function slots(...which: readonly string[]): Promise<readonly string[]> {
  const pattern = /<address type='pci'[^>]*>/g;
  return ((await dumped(...which)).match(pattern) ?? []).sort();
}
