import { execFile, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HypervisorStatus } from '../../src/core/guest-status.ts';
import { quote } from '../../src/core/quote.ts';
import { ended, type Finished, Project } from '../support/cli.ts';
import { foreignRules, listForeignRules } from '../support/foreign-rules.ts';
import { hypervisor, hypervisorState, inGuest } from '../support/guest-login.ts';
import { hostExec, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

const playbook = resolve('playbooks/shared-guest.yml');

let project: Project;
let foreignBefore: string;

beforeAll(async () => {
  await resetHost(hypervisor);
  await onHypervisor(foreignRules);
  foreignBefore = await onHypervisor(listForeignRules);
  expect(foreignBefore).toContain('DOCKER-USER');
  project = await Project.create();
});

afterAll(() => project.remove());

const foreign = `<domain type="qemu"><name>nanga</name><memory unit="MiB">64</memory><os><type arch="x86_64">hvm</type></os></domain>`;

/** Snapshots within its disk and over it, and firmware with a memory of its own from its next start on. */
const keepMore = `
  virsh snapshot-create-as everest evening
  virsh snapshot-create-as everest night --disk-only
  mkdir -p /var/lib/libvirt/qemu/nvram
  echo kept >/var/lib/libvirt/qemu/nvram/everest_VARS.fd
  virsh dumpxml --inactive everest | sed "/<type arch/a \\
    <loader readonly='yes' type='pflash'>/usr/share/firmware.fd</loader><nvram>/var/lib/libvirt/qemu/nvram/everest_VARS.fd</nvram>" >/run/everest.xml
  virsh define /run/everest.xml
  rm /run/everest.xml`;

async function status(...options: readonly string[]): Promise<{ exit: number | null; hosts: HypervisorStatus[] }> {
  const finished = await project.provision('status', '-i', project.inventory, '--output', 'json', ...options);
  const { hypervisors } = JSON.parse(finished.stdout) as { hypervisors: HypervisorStatus[] };
  return { exit: finished.exit, hosts: hypervisors };
}

function destroy(...options: readonly string[]): Promise<Finished> {
  return project.provision('destroy', '-i', project.inventory, '--output', 'ndjson', ...options);
}

/** As somebody in the place of the guest would have it: his own key, and no other. */
const swapHostKey = `
- hosts: everest
  become: true
  tasks:
    - name: another host key
      shell.command:
        script: |
          rm /etc/ssh/ssh_host_*
          ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
          sync
          kill "$(cat /run/sshd.pid)"
`;

async function onHypervisor(script: string): Promise<string> {
  const { exit, stdout, stderr } = await hostExec(hypervisor, ['sh', '-c', script]);
  if (exit !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

async function foreignRulesStay(): Promise<void> {
  expect(await onHypervisor(listForeignRules)).toBe(foreignBefore);
}

/** What there is of a guest, wherever that may be. */
async function traces(): Promise<string> {
  const script =
    'virsh list --all --name; virsh vol-list vms; virsh net-dumpxml nat --inactive; virsh net-dumpxml nat; ' +
    'iptables-save | sed "s/^#.*//; s/\\[.*//"; ls -R /etc/provision /run/provision /etc/systemd/system /etc/libvirt/hooks /data/vms ' +
    '/var/lib/libvirt/qemu/nvram /var/lib/libvirt/qemu/snapshot 2>/dev/null; true';
  return (await hostExec(hypervisor, ['sh', '-c', script])).stdout;
}

/** Each step stands on the one before. */
describe('a guest', { sequential: true }, () => {
  test('that is not there yet is shown as absent', async () => {
    const { exit, hosts } = await status('everest');
    expect(exit).toBe(0);
    expect(hosts.map(({ name }) => name)).toEqual([hypervisor]);
    expect(hosts[0]?.guests).toMatchObject([{ name: 'everest', phase: 'absent', forwards: [] }]);
  });

  test('that runs is shown with its address, lease, forward and disk, and no secret', async () => {
    const installed = await project.run();
    expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
    const define = 'f=$(mktemp) && cat >$f && virsh define $f && rm $f';
    expect((await hostExec(hypervisor, ['sh', '-c', define], foreign)).exit).toBe(0);
    const { hosts } = await status('everest');
    expect(hosts[0]).toMatchObject({ others: ['nanga'] });
    expect(hosts[0]?.guests).toMatchObject([
      { name: 'everest', phase: 'installed', state: 'running', address: '192.168.101.100', restart: false, notes: [] },
    ]);
    const [everest] = hosts[0]?.guests ?? [];
    expect(everest?.reserved).toBe('192.168.101.100');
    expect(everest?.forwards).toEqual([expect.stringMatching(/^\d+ > 22$/)]);
    expect(everest?.disk?.capacity).toBeGreaterThan(everest?.disk?.used ?? Number.POSITIVE_INFINITY);
    expect(everest?.uptime).toBeGreaterThan(0);
    const table = await project.provision('status', '-i', project.inventory);
    expect(table.stdout).toMatch(/everest +installed +running +192\.168\.101\.100/);
    const password = String(await project.value(['guests', 'hosts', 'everest', 'ssh', 'password']));
    expect(JSON.stringify(hosts) + table.stdout).not.toContain(password);
    await foreignRulesStay();
  });

  test('has no drift until its memory is another in the inventory', async () => {
    const drift = ['--drift', playbook, 'everest'];
    const { hosts } = await status(...drift);
    expect([hosts[0]?.drift, hosts[0]?.guests[0]?.drift]).toEqual([[], []]);
    const memory = await project.value(['guests', 'hosts', 'everest', 'memory']);
    await project.edit([[['guests', 'hosts', 'everest', 'memory'], 208]]);
    const [guest] = (await status(...drift)).hosts[0]?.guests ?? [];
    expect(guest?.drift?.join()).toMatch(/^guest: define everest anew \(.*memory is 192 MiB, not 208 MiB/);
    await project.edit([[['guests', 'hosts', 'everest', 'memory'], memory]]);
  });

  test('is watched until that is interrupted', async () => {
    const { child, finished } = project.start([
      'status',
      'everest',
      '--watch',
      '--output',
      'json',
      '-i',
      project.inventory,
    ]);
    const states: (string | undefined)[] = [];
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      states.push((JSON.parse(line) as { hypervisors: HypervisorStatus[] }).hypervisors[0]?.guests[0]?.state);
    });
    await expect.poll(() => states, { timeout: 60_000 }).toContain('running');
    await hostExec(hypervisor, ['virsh', 'suspend', 'everest']);
    await expect.poll(() => states.at(-1), { timeout: 60_000 }).toBe('paused');
    await hostExec(hypervisor, ['virsh', 'resume', 'everest']);
    await expect.poll(() => states.at(-1), { timeout: 60_000 }).toBe('running');
    child.kill('SIGINT');
    expect((await finished).exit).toBe(0);
  });

  test('has a console, which comes back after its connection broke', async () => {
    const words = [process.execPath, resolve('dist/cli/main.js'), 'console', 'everest', '-i', project.inventory];
    const child = spawn('script', ['-qefc', quote(words), '/dev/null'], { cwd: project.folder, stdio: 'pipe' });
    let shown = '';
    child.stdout.on('data', (data: Buffer) => {
      shown += data.toString();
    });
    const exit = new Promise((settle) => child.on('exit', settle));
    const prompted = async (): Promise<void> => {
      child.stdin.write('\r');
      await expect.poll(() => shown, { timeout: 60_000 }).toMatch(/login: /);
      shown = '';
    };
    await expect.poll(() => shown, { timeout: 60_000 }).toContain('Escape character is ^]');
    await prompted();
    const node = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim();
    const terminal = await readlink(`/proc/${node}/fd/0`);
    await promisify(execFile)('stty', ['-F', terminal, 'rows', '33', 'cols', '101']);
    const far = ['sh', '-c', 'stty -F "/dev/$(ps -o tty= -C virsh | head -n 1)" size'];
    await expect.poll(async () => (await hostExec(hypervisor, far)).stdout, { timeout: 60_000 }).toBe('33 101\n');
    // The process of the login alone: it is the parent of virsh.
    await hostExec(hypervisor, ['sh', '-c', 'kill "$(ps -o ppid= -C virsh | head -n 1)"']);
    await expect.poll(() => shown, { timeout: 60_000 }).toMatch(/attached again(.|\s)*Escape character is/);
    await prompted();
    child.stdin.write('\u001d');
    expect(await exit).toBe(0);
  });

  test('is shown beside a hypervisor that cannot be reached', async () => {
    await project.edit([[['hypervisors', 'hosts', 'nowhere'], { ssh: { host: '127.0.0.1', port: 9 } }]]);
    const { exit, hosts } = await status();
    expect(exit).toBe(3);
    expect(hosts.find(({ name }) => name === 'nowhere')?.failure?.code).toMatch(/^PV40/);
    expect(hosts.find(({ name }) => name === hypervisor)?.guests).toHaveLength(1);
    await project.edit([[['hypervisors', 'hosts', 'nowhere'], undefined]]);
  });

  test('is left alone by check mode, and by whoever does not type its name', async () => {
    const [state, files, pins] = [
      await traces(),
      await upperFiles(hypervisor),
      await readFile(project.knownHosts, 'utf8'),
    ];
    const checked = await project.provision('destroy', 'everest', '--check', '-i', project.inventory);
    expect(checked.exit).toBe(0);
    expect(checked.stdout).toContain('delete volume vms/everest.qcow2');
    expect(checked.stdout).toContain('forget its pinned host key');
    const unasked = await destroy('everest');
    expect(unasked.exit).toBe(1);
    expect(unasked.stderr).toContain('PV0004');
    expect(await traces()).toBe(state);
    expect(writtenByRun(files, await upperFiles(hypervisor))).toEqual([]);
    expect(await readFile(project.knownHosts, 'utf8')).toBe(pins);
  });

  test('that provision did not make is refused', async () => {
    const state = await traces();
    await project.edit([[['guests', 'hosts', 'nanga'], { hypervisor, ip: '192.168.101.109' }]]);
    const refused = await destroy('nanga,everest', '-y');
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain('PV5306');
    expect(await traces()).toBe(state);
    await project.edit([[['guests', 'hosts', 'nanga'], undefined]]);
  });

  test('is adopted with the disk that was kept', async () => {
    const kept = await destroy('everest', '-y', '--keep-disks');
    expect(kept.exit).toBe(0);
    expect(ended(await project.run(), 'failed').join()).toContain('PV5308');
    const unasked = await project.provision(
      playbook,
      '-i',
      project.inventory,
      '--adopt',
      'everest',
      '--output',
      'ndjson',
    );
    expect(ended(unasked, 'failed').join()).toContain('PV5003');
    const adopted = await project.run('--adopt', 'everest');
    expect(ended(adopted, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(adopted.exit).toBe(0);
    expect(await inGuest(project, 'everest', ['hostname'])).toBe('everest');
    expect(ended(await project.run('--adopt', 'everest'), 'changed', 'failed')).toEqual([]);
    await foreignRulesStay();
  });

  test('is refused once it shows another host key, and no run replaces the pin', async () => {
    const pinned = await readFile(project.knownHosts, 'utf8');
    const swapped = await project.writePlaybook('swap.yml', swapHostKey);
    const done = await project.provision(swapped, '-i', project.inventory, '--output', 'ndjson');
    expect(ended(done, 'failed', 'unreachable', 'unknown')).toEqual([]);
    const refusal = async (...options: readonly string[]) => {
      const { exit, events } = await project.run('-l', 'everest', ...options);
      return [exit, ...events.flatMap(({ event, code }) => (event === 'task.end' && code ? [code] : []))];
    };
    // Its server takes a moment to start again.
    await expect.poll(refusal, { timeout: 60_000 }).toEqual([3, 'PV4005']);
    expect(await refusal('--adopt', 'everest')).toEqual([3, 'PV4005']);
    expect(await refusal('--check')).toEqual([3, 'PV4005']);
    const verified = await project.provision('verify', 'everest', '-i', project.inventory);
    expect(verified.exit).not.toBe(0);
    await expect(inGuest(project, 'everest', ['hostname'])).rejects.toThrow('shows the host key');
    expect(await readFile(project.knownHosts, 'utf8')).toBe(pinned);
  });

  test('is installed anew when that is asked for, with another host key', async () => {
    const pinned = await readFile(project.knownHosts, 'utf8');
    const unasked = await project.provision(playbook, '-i', project.inventory, '--reinstall', 'everest');
    expect(unasked.stdout).toContain('PV5003');
    const missed = await project.run('--reinstall', 'everest', '-l', hypervisor);
    expect([missed.exit, missed.stderr]).toEqual([1, expect.stringContaining('PV0007')]);
    const again = await project.run('--reinstall', 'everest');
    expect(ended(again, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(again.exit).toBe(0);
    expect(await inGuest(project, 'everest', ['hostname'])).toBe('everest');
    expect(await readFile(project.knownHosts, 'utf8')).not.toBe(pinned);
    const log = await project.provision('console', 'everest', '--log', '-i', project.inventory);
    expect(log.stdout).toContain('Installing the base system');
  });

  test('is taken away with NVRAM and snapshots, and nothing of it is left', async () => {
    expect(await hostExec(hypervisor, ['sh', '-ec', keepMore])).toMatchObject({ exit: 0 });
    expect(await traces()).toMatch(/everest\.night[\s\S]*everest_VARS\.fd[\s\S]*evening\.xml/);
    const gone = await destroy('everest', '-y');
    expect(ended(gone, 'failed', 'unreachable', 'unknown')).toEqual([]);
    expect(gone.exit).toBe(0);
    const left = await traces();
    expect(left).not.toContain('everest');
    expect(left).not.toMatch(/PROVISION-|provision-|port-forward/);
    await foreignRulesStay();
    expect(left).toContain('nanga');
    expect(await readFile(project.knownHosts, 'utf8')).not.toContain('everest');
    const again = await project.provision('destroy', 'everest', '-y', '-i', project.inventory);
    expect(again).toMatchObject({ exit: 0, stdout: `everest: nothing of it is on ${hypervisor}\n` });
  });

  test('is installed anew by the next run, and pruned once the inventory has forgotten it', async () => {
    const installed = await project.run();
    expect(ended(installed, 'failed', 'unreachable', 'unknown')).toEqual([]);
    const everest = await project.value(['guests', 'hosts', 'everest']);
    await project.edit([
      [['guests', 'hosts', 'everest'], undefined],
      [
        ['guests', 'hosts', 'lhotse'],
        { hypervisor, ip: '192.168.101.101', ssh: { user: 'tuna', port: 10023, password: 'x y z' } },
      ],
    ]);
    const { hosts } = await status();
    expect(hosts[0]?.guests.find(({ stray }) => stray)).toMatchObject({
      name: 'everest',
      notes: ['not in the inventory'],
    });
    expect((await destroy('--prune', '-y')).exit).toBe(1);
    expect(await hypervisorState()).toContain('everest');
    const pruned = await destroy('--prune', 'everest', '-y');
    expect(pruned.exit).toBe(0);
    const left = await traces();
    expect(left).not.toContain('everest');
    expect(left).toContain('nanga');
    expect(everest).toBeDefined();
    await foreignRulesStay();
  });
});

/** A running guest writes to its disk as it likes. */
function writtenByRun(...listings: Parameters<typeof writtenBetween>): readonly string[] {
  return writtenBetween(...listings).filter((line) => !/^~ \/data\/vms\/\w+\.qcow2$/.test(line));
}
