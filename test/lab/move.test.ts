import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, type Finished, type PrintedEvent, Project } from '../support/cli.ts';
import { inGuest } from '../support/guest-login.ts';
import { inHost, resetHost } from '../support/lab.ts';

const [old, target] = ['hypervisor1', 'hypervisor2'];
const disk = '/data/vms/everest-data.img';
let project: Project;

beforeAll(async () => {
  await Promise.all([resetHost(old), resetHost(target)]);
  project = await Project.create();
  for (const folder of ['playbooks', 'templates'])
    await cp(resolve(folder), join(project.folder, folder), { recursive: true });
  await rewrite('templates/domain.xml.ejs', '      <target dev="vda" bus="virtio"/>\n    </disk>\n', dataDisk);
  await rewrite('playbooks/shared-guest.yml', '  hosts: guests\n  tasks:\n', dataVolume);
  await project.edit([
    [['guests', 'hosts', 'everest', 'firmware'], 'efi'],
    [['guests', 'hosts', 'everest', 'memory'], 256],
  ]);
  const installed = await run();
  expect(ended(installed, 'failed', 'unreachable', 'unknown'), installed.stderr).toEqual([]);
  const noted = await project.provision(
    await project.writePlaybook('note.yml', noteInFirmware),
    '-i',
    project.inventory,
  );
  expect(noted.exit, noted.stdout).toBe(0);
  await inHost(old, fillHalf, disk);
});

afterAll(async () => {
  // A guest on another hypervisor of the inventory is not installed again: the next file is to find none.
  await Promise.all([resetHost(old), resetHost(target)]);
  await project.remove();
});

const dataDisk = `    <disk type="file" device="disk">
      <driver name="qemu" type="raw"/>
      <source file="<%= vms_path %>/<%= host %>-data.img"/>
      <target dev="vdb" bus="virtio"/>
    </disk>
`;

const dataVolume = `    - name: its data
      delegate_to: "<%= hypervisor %>"
      libvirt.volume: { pool: vms, name: "<%= host %>-data.img", capacity: 2G, format: raw }
`;

/** Of its 2 GiB every other 64 MiB are random bytes, the same sixteen times: nothing on the way compresses them. */
const fillHalf = `fallocate --punch-hole --offset 0 --length 2G "$1"
dd if=/dev/urandom of=/tmp/piece bs=1M count=64 status=none
for i in $(seq 0 2 30); do dd if=/tmp/piece of="$1" bs=1M seek=$((i*64)) conv=notrunc status=none || exit; done
rm /tmp/piece`;

/** A variable of its UEFI, which lies in its NVRAM: as a boot loader leaves there what is to be started. */
const variable = '/sys/firmware/efi/efivars/Note-5c2b1e0a-3f43-4d6e-9c57-27a1c0de0001';
const noteInFirmware = `
- hosts: everest
  become: true
  tasks:
    - { name: note, shell.command: { script: "printf '\\\\007\\\\000\\\\000\\\\000kept' >${variable}" } }
`;

/** Each step stands on the one before. */
describe('a guest with UEFI and a disk of 2 GiB, half full', { sequential: true }, () => {
  test('is not installed a second time where only the inventory says that it moved', async () => {
    await want(target);
    const refused = await run();
    await want(old);
    await inHost(target, 'virsh vol-delete everest-data.img --pool vms');
    expect(ended(refused, 'failed').join('\n')).toContain(`PV5317 everest is on ${old}`);
    expect(await traces(target)).not.toContain('<name>everest</name>');
  });

  test('is told all that stands against the move, and nothing is touched', async () => {
    const foreign = `<domain type="qemu"><name>everest</name><memory unit="MiB">64</memory><os><type arch="x86_64">hvm</type></os></domain>`;
    await inHost(target, `echo "$1" | virsh define /dev/stdin; echo mine >"$2"; virsh net-destroy nat`, foreign, disk);
    const before = [await traces(old), await traces(target)];
    const refused = await move('--to', target, '-y');
    expect(refused.exit).toBe(1);
    for (const why of ['has a domain everest already', `has a file ${disk} already`, 'has no active network nat'])
      expect(refused.stderr).toContain(`PV5319: ${target} ${why}`);
    expect([await traces(old), await traces(target)]).toEqual(before);
    await inHost(target, `virsh undefine everest; rm "$1"; virsh net-start nat`, disk);
  });

  test('is copied on where the controller was killed in the middle, and runs there, the same and as sparse', async () => {
    await killedOnTheWay(/everest-data\.img","percent":[56]\d/, '--to', target);
    expect(await traces(target)).not.toContain('<name>everest</name>');
    const refused = await run();
    expect(ended(refused, 'failed').join('\n')).toContain('PV5316 everest is being moved');
    const moved = await move('--to', target, '-y');
    expect(ended(moved, 'failed', 'unreachable', 'unknown'), moved.stderr).toEqual([]);
    expect(moved.exit, moved.stderr).toBe(0);
    expect(sentTo(target, moved)).toBeLessThan(800 * 1024 * 1024);
    expect(await digest(target)).toBe(await digest(old));
    expect(await allocated(target)).toBeLessThan(1.01 * 1024 * mebibyte);
    expect(await allocated(target)).toBeGreaterThan(0.99 * 1024 * mebibyte);
    expect(await project.value(['guests', 'hosts', 'everest', 'hypervisor'])).toBe(target);
    expect(await inGuest(project, 'everest', ['hostname'], target)).toBe('everest');
    expect(await firmwareOn(target)).toBe('kept');
    expect(await traces(old)).toMatch(/everest +shut off/);
    await changesNothing();
  });

  test('goes back, and nothing of it is left where it was', async () => {
    await inHost(target, 'cp --sparse=always "$1" /data/beforehand', disk);
    const back = await move('--rollback', '-y');
    expect(back.exit, back.stderr).toBe(0);
    expect(await inGuest(project, 'everest', ['hostname'], old)).toBe('everest');
    expect(await firmwareOn(old)).toBe('kept');
    expect(await traces(target)).not.toContain('everest');
    expect(await traces(old)).not.toContain('urn:provision:move');
    expect(await project.value(['guests', 'hosts', 'everest', 'hypervisor'])).toBe(old);
  });

  test('is moved with a disk that was copied beforehand, and committed', async () => {
    await inHost(target, 'mv /data/beforehand "$1.moving"', disk);
    const moved = await move('--to', target, '-y');
    expect(moved.exit, moved.stderr).toBe(0);
    expect(sentTo(target, moved)).toBeLessThan(200 * 1024 * 1024);
    const committed = await move('--commit', '-y');
    expect(committed.exit, committed.stderr).toBe(0);
    expect(await traces(old)).not.toMatch(/everest|192\.168\.101\.100/);
    expect(await traces(target)).not.toContain('urn:provision:move');
    expect(await inGuest(project, 'everest', ['hostname'], target)).toBe('everest');
    await changesNothing();
    expect((await move('--rollback', '-y')).stderr).toContain('PV5321');
  });

  test('runs on where it is, the controller that moves it being killed in the middle', async () => {
    await inGuest(project, 'everest', ['sh', '-c', tick], target);
    const life = await lifeOn(target);
    await killedOnTheWay(/copying its disks","percent":[1-9]/, '--to', old, '--live');
    expect(await traces(target)).toMatch(/everest +running/);
    expect(await lifeOn(target)).toBe(life);
    const refused = await run();
    expect(ended(refused, 'failed').join('\n')).toContain('PV5316 everest is being moved');
    expect((await move('--commit', '-y')).stderr).toContain('PV5321');
  });

  test('goes over as it runs: the same boot, the same programs, disks the same and as sparse', async () => {
    const life = await lifeOn(target);
    // Its own network there has never heard of it, as on any hypervisor that is new to it.
    await inHost(old, 'virsh net-destroy nat; rm -f /var/lib/libvirt/dnsmasq/*.status; virsh net-start nat');
    const moved = await move('--to', old, '--live', '-y');
    expect(moved.exit, moved.stderr).toBe(0);
    expect(await lifeOn(old)).toBe(life);
    expect(await traces(target)).toMatch(/everest +shut off/);
    expect(await digest(old)).toBe(await digest(target));
    expect(await allocated(old)).toBeLessThan(1.01 * 1024 * mebibyte);
    for (const host of [old, target])
      expect(await inHost(host, 'ls /data/vms /run/libvirt')).not.toMatch(/moving|provision/);
    await changesNothing();
  });

  test('is let go on where it waits, the controller having been cut off at the last moment', async () => {
    const life = await lifeOn(old);
    await inHost(old, 'virsh suspend everest');
    expect((await move('--to', old, '-y')).stderr).toContain('PV5324: everest waits on hypervisor1');
    const moved = await move('--to', old, '--live', '-y');
    expect(moved.exit, moved.stderr).toBe(0);
    expect(await lifeOn(old)).toBe(life);
    await inHost(old, 'virsh destroy everest');
    expect(ended(await run(), 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(await firmwareOn(old)).toBe('kept');
  });

  test('goes back from that to the disks that it left, and starts there', async () => {
    const back = await move('--rollback', '-y');
    expect(back.exit, back.stderr).toBe(0);
    expect(await firmwareOn(target)).toBe('kept');
    expect(await traces(old)).not.toContain('everest');
    expect(await traces(target)).not.toContain('urn:provision:move');
  });
});

const mebibyte = 1024 * 1024;

/** A program that would not outlive its system. */
const tick =
  '(while :; do cat /proc/uptime >>/tmp/ticks; usleep 100000; done) </dev/null >/dev/null 2>&1 & echo $! >/tmp/ticking';

/** Which boot of the guest it is, and which program has run since; on this hypervisor it answers. */
function lifeOn(host: string): Promise<string> {
  const script = 'cat /proc/sys/kernel/random/boot_id /tmp/ticking; kill -0 $(cat /tmp/ticking) && echo runs';
  return inGuest(project, 'everest', ['sh', '-c', script], host);
}

/** What the guest noted in its NVRAM, read by the firmware that started it there. */
function firmwareOn(host: string): Promise<string> {
  return inGuest(project, 'everest', ['sh', '-c', `tail -c +5 ${variable}`], host);
}

/** Killed while its disks are on their way; what it held in memory until then was little. */
async function killedOnTheWay(reached: RegExp, ...options: readonly string[]): Promise<void> {
  const { child, finished } = project.start([...moveWords(...options, '-y')]);
  let printed = '';
  const there = new Promise<void>((settle) => {
    child.stdout?.on('data', (data: Buffer) => {
      printed += data.toString();
      if (reached.test(printed)) settle();
    });
  });
  await Promise.race([there, finished.then(({ stderr }) => Promise.reject(new Error(`it ended before: ${stderr}`)))]);
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(250 * 1024);
  child.kill('SIGKILL');
  await finished;
}

/** Neither by what the run says nor by what there is; the guest itself may note where it is. */
async function changesNothing(): Promise<void> {
  const before = [await traces(old), await traces(target)];
  const again = await run();
  expect(ended(again, 'failed', 'unreachable', 'unknown')).toEqual([]);
  expect(ended(again, 'changed').filter((line) => !line.startsWith('everest: message of the day'))).toEqual([]);
  expect([await traces(old), await traces(target)]).toEqual(before);
}

function run(...options: readonly string[]): Promise<Finished> {
  const playbook = join(project.folder, 'playbooks/shared-guest.yml');
  return project.provision(playbook, '-i', project.inventory, '-y', '--output', 'ndjson', ...options);
}

function moveWords(...options: readonly string[]): readonly string[] {
  return ['move', 'everest', '-i', project.inventory, '--output', 'ndjson', ...options];
}

function move(...options: readonly string[]): Promise<Finished> {
  return project.provision(...moveWords(...options));
}

function want(hypervisor: string): Promise<void> {
  return project.edit([[['guests', 'hosts', 'everest', 'hypervisor'], hypervisor]]);
}

async function rewrite(file: string, before: string, added: string): Promise<void> {
  const path = join(project.folder, file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(before);
  await writeFile(
    path,
    text.replace(before, () => before + added),
  );
}

/** What there is of the guest: definitions, files, reservations, rules. */
function traces(host: string): Promise<string> {
  return inHost(
    host,
    'virsh list --all | sed "s/^ *[0-9-]* *//"; for d in $(virsh list --all --name); do virsh dumpxml --inactive $d; done; ' +
      'ls /data/vms /var/lib/libvirt/qemu/nvram; virsh net-dumpxml nat --inactive; iptables-save | sed "s/^#.*//; s/\\[.*//"; ls -R /etc/provision 2>/dev/null; true',
  );
}

async function digest(host: string): Promise<string> {
  return (await inHost(host, 'sha256sum "$1"', disk)).split(' ')[0] ?? '';
}

/** Bytes that the disk takes. */
async function allocated(host: string): Promise<number> {
  return Number(await inHost(host, 'stat -c %b "$1"', disk)) * 512;
}

function sentTo(host: string, finished: Finished): number {
  const end = finished.events.find((event): event is PrintedEvent & Ended => event.event === 'run.end');
  return end?.traffic[host]?.bytesOut ?? Number.NaN;
}

interface Ended {
  readonly traffic: Readonly<Record<string, { readonly bytesOut: number }>>;
}
