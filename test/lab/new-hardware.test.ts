import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, Project } from '../support/cli.ts';
import { hypervisor, inGuest } from '../support/guest-login.ts';
import { hostExec, inHost, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

const [old, hardware] = [hypervisor, 'hypervisor2'];
const disk = '/data/vms/everest.qcow2';
const kept = '/home/tuna/kept';
let project: Project;
let key: unknown;

beforeAll(async () => {
  await Promise.all([resetHost(old), resetHost(hardware)]);
  project = await Project.create();
  const lhotse = { hypervisor, ip: '192.168.101.101', ssh: { user: 'tuna', port: 10023, password: 'x y z' } };
  await project.edit([[['guests', 'hosts', 'lhotse'], lhotse]]);
  const installed = await project.run('-l', `${hypervisor},guests`);
  expect(ended(installed, 'failed', 'unreachable', 'unknown'), installed.stderr).toEqual([]);
  await inGuest(project, 'everest', ['sh', '-ec', `echo "from before" >${kept}; sync`]);
});

afterAll(async () => {
  await Promise.all([resetHost(old), resetHost(hardware)]);
  await project.remove();
});

/** Each step stands on the one before. */
describe('a hypervisor whose name is given to new hardware', { sequential: true }, () => {
  test('is not taken for the old one before its key is in the inventory', async () => {
    // The old hardware goes off with its guests; of its disks one is brought.
    await inHost(old, 'for guest in everest lhotse; do virsh destroy $guest; done');
    await bring(disk);
    const address = await project.value(['hypervisors', 'hosts', hardware, 'ssh', 'host']);
    key = await project.value(['hypervisors', 'hosts', hardware, 'ssh', 'host_key']);
    await project.edit([
      [['hypervisors', 'hosts', hypervisor, 'ssh', 'host'], address],
      [['hypervisors', 'hosts', hardware], undefined],
    ]);
    const before = await upperFiles(hardware);
    const refused = await project.run();
    expect(refused.exit, refused.stderr).toBe(3);
    expect(refused.events.flatMap(({ host, code }) => (code ? [`${host}: ${code}`] : []))).toContain(
      `${hypervisor}: PV4005`,
    );
    expect(writtenBetween(before, await upperFiles(hardware))).toEqual([]);
  });

  test('gets back a guest without a disk, and leaves a disk without a guest alone', async () => {
    await project.edit([[['hypervisors', 'hosts', hypervisor, 'ssh', 'host_key'], key]]);
    const [pinned, brought] = [await pins('everest', 'lhotse'), await inHost(hardware, `sha256sum ${disk}`)];
    const run = await project.run();
    expect(run.exit).toBe(2);
    expect(ended(run, 'failed', 'unreachable', 'unknown')).toEqual([expect.stringMatching(/^everest: .*PV5308/)]);
    expect(await inGuest(project, 'lhotse', ['hostname'], hardware)).toBe('lhotse');
    const [everest, lhotse] = await pins('everest', 'lhotse');
    expect(everest).toBe(pinned[0]);
    expect(lhotse).not.toBe(pinned[1]);
    expect(await inHost(hardware, `sha256sum ${disk}`)).toBe(brought);
  });

  test('adopts the disk that was brought, under the key that was pinned on the old one', async () => {
    const pinned = await pins('everest');
    const adopted = await project.run('--adopt', 'everest');
    expect(ended(adopted, 'failed', 'unreachable', 'unknown'), adopted.stderr).toEqual([]);
    expect(await inGuest(project, 'everest', ['cat', kept], hardware)).toBe('from before');
    expect(await pins('everest')).toEqual(pinned);
  });

  test('is left alone by the next run', async () => {
    const again = await project.run();
    expect(ended(again, 'changed', 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(again.exit).toBe(0);
    const verified = await project.provision('verify', 'everest,lhotse', '-i', project.inventory);
    expect(verified.exit, verified.stdout).toBe(0);
  });
});

async function bring(file: string): Promise<void> {
  const content = await inHost(old, `gzip -c ${file} | base64`);
  const { exit, stderr } = await hostExec(
    hardware,
    ['sh', '-c', `mkdir -p "$(dirname ${file})"; base64 -d | gzip -d >${file}`],
    content,
  );
  expect(exit, stderr).toBe(0);
}

/** The lines of known_hosts, guest by guest. */
async function pins(...guests: readonly string[]): Promise<readonly string[]> {
  const lines = (await readFile(project.knownHosts, 'utf8')).split('\n');
  return guests.map((guest) => lines.filter((line) => line.includes(guest)).join('\n'));
}
