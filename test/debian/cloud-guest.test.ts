import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishCloudImage } from '../../src/lab/installers.ts';
import { machineMirror } from '../../src/lab/mirror.ts';
import { gatewayOf, installerPort, labNames } from '../../src/lab/names.ts';
import { ended, type PrintedEvent, Project } from '../support/cli.ts';
import { emulators, hypervisor, hypervisorState, inGuest } from '../support/guest-login.ts';
import { hostExec, resetHost, testLab } from '../support/lab.ts';

const playbook = resolve('playbooks/cloud-guest.yml');
const images = `http://${gatewayOf(testLab.subnet)}:${installerPort}/cloud`;
const password = 'a word of no weight';

let project: Project;

beforeAll(async () => {
  const report = (line: string) => process.stderr.write(`lab: ${line}\n`);
  await publishCloudImage({ lab: labNames(testLab.name), mirror: await machineMirror(), report });
  await resetHost(hypervisor);
  project = await Project.create();
  const vars = { network: 'nat', memory: 512, vcpus: 1, disk: '3G' };
  const image = { cloud_image_url: `${images}/debian-13.qcow2`, cloud_image_checksum: `${images}/SHA256SUMS` };
  await project.edit([
    [['guests', 'hosts', 'everest'], undefined],
    [['all', 'vars', 'cloud_image_url'], image.cloud_image_url],
    [['all', 'vars', 'cloud_image_checksum'], image.cloud_image_checksum],
    [['cloud_guests'], { vars, hosts: { everest: guest('192.168.101.100', 10022) } }],
  ]);
});

afterAll(() => project.remove());

function guest(ip: string, port: number) {
  return { hypervisor, ip, ssh: { port, user: 'tuna', password } };
}

function words(...options: readonly string[]): readonly string[] {
  return [playbook, '-i', project.inventory, '-y', '--output', 'ndjson', ...options];
}

/** Debian 13 of its packages, with its own cloud-init: two boots, four minutes under software emulation. */
describe('a cloud image', { sequential: true }, () => {
  test('goes on with its first boot when the run that watched it is killed', async () => {
    const { child, finished } = project.start(words());
    if (!child.stdout) throw new Error('a run without output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as PrintedEvent;
      if (event.event === 'progress' && event.phase?.startsWith('cloud-init')) child.kill('SIGKILL');
    });
    expect((await finished).exit).toBeNull();
    expect((await emulators()).everest).toBeDefined();
  });

  test('becomes a guest that answers with the key its console told', async () => {
    const before = (await emulators()).everest;
    const made = await project.provision(...words());
    expect(ended(made, 'failed', 'unreachable', 'unknown'), made.stdout).toEqual([]);
    expect(made.exit).toBe(0);
    expect((await emulators()).everest).not.toBe(before);
    expect(await inGuest(project, 'everest', ['hostname'])).toBe('everest');
    const told = /^everest (ssh-ed25519 \S+)/m.exec(
      await readFile(resolve(project.folder, 'known_hosts'), 'utf8'),
    )?.[1];
    expect(await inGuest(project, 'everest', ['cat', '/etc/ssh/ssh_host_ed25519_key.pub'])).toContain(told);
  });

  test('has filled its disk, runs as a guest of its own, and looks for no seed any more', async () => {
    const size = await inGuest(project, 'everest', ['df', '-BM', '--output=size', '/']);
    expect(Number(/(\d+)M$/.exec(size)?.[1])).toBeGreaterThan(2500);
    expect(await inGuest(project, 'everest', ['lsblk', '-dno', 'NAME'])).toBe('vda');
    expect(await inGuest(project, 'everest', ['ls', '/etc/cloud/cloud-init.disabled'])).not.toBe('');
    const { stdout } = await hostExec(hypervisor, ['virsh', 'dumpxml', 'everest']);
    expect(stdout).toContain("<serial type='pty'");
    expect(stdout).not.toContain("seed.iso'/>");
  });

  test('leaves no password and no seed on its hypervisor', async () => {
    const script = `ls /data/iso | grep seed; grep -rlsF -e "$1" -e hashed_passwd /run/provision /etc /data/iso /tmp /var/lib/libvirt /root || true`;
    const { stdout } = await hostExec(hypervisor, ['sh', '-c', script, 'sh', password]);
    expect(stdout).toBe('');
  });

  test('is left alone by a second run', async () => {
    const state = await hypervisorState();
    const again = await project.provision(...words());
    expect(ended(again, 'changed', 'failed', 'unknown', 'unreachable')).toEqual([]);
    expect(again.exit).toBe(0);
    expect(await hypervisorState()).toBe(state);
  });

  test('stands behind the disk of a second guest, which holds only what differs', async () => {
    await project.edit([
      [['cloud_guests', 'hosts', 'lhotse'], { ...guest('192.168.101.101', 10023), cloud_image_as: 'backing' }],
    ]);
    const before = await emulators();
    const added = await project.provision(...words());
    expect(ended(added, 'failed', 'unreachable', 'unknown'), added.stdout).toEqual([]);
    expect((await emulators()).everest).toBe(before.everest);
    expect(await inGuest(project, 'lhotse', ['hostname'])).toBe('lhotse');
    const info = ['qemu-img', 'info', '--force-share', '/data/vms/lhotse.qcow2'];
    expect((await hostExec(hypervisor, info)).stdout).toContain('backing file: /data/iso/debian-13.qcow2');
    const again = await project.provision(...words());
    expect(ended(again, 'changed', 'failed', 'unknown', 'unreachable')).toEqual([]);
  });
});
