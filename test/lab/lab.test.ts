import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { attempt } from '../../src/lab/execute.ts';
import { down, up } from '../../src/lab/lab.ts';
import { endProcesses, findProcesses } from '../../src/lab/processes.ts';
import { shell } from '../../src/lab/shell.ts';
import { status } from '../../src/lab/status.ts';
import { hostExec, labHost, labStatus, resetHost, testLab, upperFiles, writtenBetween } from '../support/lab.ts';

const quiet = () => undefined;

function ssh(address: string, key: string, command: string) {
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const words = options.flatMap((option) => ['-o', option]);
  return attempt(['ssh', '-i', key, ...words, `root@${address}`, command]);
}

describe('a lab that is up', () => {
  it('has the hosts asked for, and each answers ssh with the lab key', async () => {
    const lab = await labStatus();
    expect(lab.state).toBe('up');
    expect(lab.hosts.map(({ name, address }) => [name, address])).toEqual([
      ['hypervisor1', `${testLab.subnet}.11`],
      ['hypervisor2', `${testLab.subnet}.12`],
    ]);
    for (const host of lab.hosts)
      expect((await ssh(host.address, lab.privateKeyFile, 'hostname')).stdout).toBe(`${host.name}\n`);
  });

  it('shows the host key that its inventory pins', async () => {
    const inventory = await readFile(testLab.inventory, 'utf8');
    const scanned = (await attempt(['ssh-keyscan', '-t', 'ed25519', `${testLab.subnet}.11`])).stdout
      .split(' ')
      .slice(1)
      .join(' ');
    expect(inventory).toContain(`host_key: "${scanned.trim()}"`);
  });

  it('does nothing more when asked again', async () => {
    const lines: string[] = [];
    const before = await labStatus();
    const again = await up({ ...testLab, report: (line) => lines.push(line) });
    // It may have to wait for the lab of another file.
    expect(lines.filter((line) => !line.startsWith('waiting for another'))).toEqual([]);
    expect(again).toEqual(before);
  });

  it('keeps what was added to the inventory by hand', async () => {
    const before = await readFile(testLab.inventory, 'utf8');
    const guest = '    k2: { hypervisor: hypervisor1 } # mine\n';
    const edited = before.replace('    everest:', `${guest}    everest:`).replace('memory: 192', 'memory: 256 # more');
    await writeFile(testLab.inventory, edited);
    await up({ ...testLab, report: quiet });
    expect(await readFile(testLab.inventory, 'utf8')).toBe(edited);
    await writeFile(testLab.inventory, before);
  });

  it('passes on the exit code of a command', async () => {
    expect(
      await shell(testLab.name, 'hypervisor2', ['sh', '-c', 'test "$(hostname)" = hypervisor2 || exit 1; exit 7']),
    ).toBe(7);
    await expect(shell(testLab.name, 'hypervisor9', ['true'])).rejects.toThrow('no running host `hypervisor9`');
  });

  it('serves the installers, and part of them', async () => {
    const { installers } = await labStatus();
    const sums = await (await fetch(`${installers}mini/SHA256SUMS`)).text();
    expect(sums).toMatch(/^[0-9a-f]{64} {2}\.\/linux\n[0-9a-f]{64} {2}\.\/initrd\.gz\n$/);
    const part = await fetch(`${installers}mini/SHA256SUMS`, { headers: { range: 'bytes=64-73' } });
    expect([part.status, await part.text()]).toEqual([206, '  ./linux\n']);
    expect((await fetch(`${installers}mini/%2e%2e/%2e%2e/lab.json`)).status).toBe(404);
  });
});

describe('a lab that is taken down', () => {
  it('leaves nothing, even when its processes were killed', async () => {
    // A name and a network that no other run on this machine has at the same time.
    const name = `gone${process.pid % 10_000}`;
    const subnet = `10.${100 + (process.pid % 100)}.${testLab.subnet.split('.')[1]}`;
    const inventory = `inventory/lab/${name}.yml`;
    const lab = await up({ name, hosts: 1, subnet, inventory, report: quiet });
    expect(await traces(name)).not.toEqual([]);
    const found = await findProcesses((argv) => argv.some((word) => word.includes(`provision-${name}-`)));
    await endProcesses([...found.map(({ pid }) => pid), ...lab.hosts.flatMap(({ pid }) => pid ?? [])]);
    await down(name, quiet);
    expect(await traces(name)).toEqual([]);
    expect((await status(name)).state).toBe('down');
    await down(name, quiet);
    await rm(inventory);
  });
});

/** All that this machine shows of a lab. */
async function traces(name: string): Promise<readonly string[]> {
  const looks = ['cat /proc/self/mountinfo', 'ip -o link', 'ip netns', 'iptables-save', 'find /sys/fs/cgroup -type d'];
  const processes = 'for file in /proc/[0-9]*/cmdline; do tr "\\0\\n" "  " <$file; echo; done';
  const commands = [...looks, 'find /var/lib/provision/lab -maxdepth 4', processes];
  const text = (await attempt(['sh', '-c', commands.join('; ')])).stdout;
  const names = new RegExp(`provision-(lab-)?${name}\\b|pv-${name}\\b|lab/${name}(/|$)|lab-server.mjs ${name} `);
  return text.split('\n').filter((line) => names.test(line));
}

describe('a host of the lab', () => {
  it('runs libvirt and reaches the package mirror through the proxy', async () => {
    expect((await hostExec('hypervisor1', ['virsh', 'list', '--all', '--name'])).exit).toBe(0);
    expect((await hostExec('hypervisor1', ['apt-get', '-qq', 'update'])).exit).toBe(0);
  });

  it('stops a service without waiting for the other host', async () => {
    const since = Date.now();
    expect((await hostExec('hypervisor1', ['systemctl', 'restart', 'ssh', 'libvirtd'])).exit).toBe(0);
    // Waiting ends after systemd's own ninety seconds.
    expect(Date.now() - since).toBeLessThan(60_000);
  });

  it('reaches the other host', async () => {
    expect((await hostExec('hypervisor1', ['ping', '-c', '1', '-w', '20', `${testLab.subnet}.12`])).exit).toBe(0);
  });

  it('shows every file that was written on it', async () => {
    const before = await upperFiles('hypervisor2');
    await hostExec('hypervisor2', ['sh', '-c', 'echo here > /root/note; rm /etc/issue; echo more >> /etc/hosts']);
    const after = await upperFiles('hypervisor2');
    expect(writtenBetween(before, after)).toEqual(
      expect.arrayContaining(['+ /etc/hosts', '+ /etc/issue', '+ /root/note']),
    );
    expect(after.find(({ path }) => path === '/etc/issue')?.kind).toBe('gone');
  });

  it('is as new after a reset', async () => {
    const { pid } = await labHost('hypervisor2');
    await hostExec('hypervisor2', ['touch', '/root/note']);
    await resetHost('hypervisor2');
    expect((await hostExec('hypervisor2', ['ls', '/root/note'])).exit).toBe(2);
    expect((await labHost('hypervisor2')).pid).not.toBe(pid);
  });

  it('comes back with its files after it was killed', async () => {
    await hostExec('hypervisor2', ['touch', '/root/kept']);
    const { pid = 0 } = await labHost('hypervisor2');
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await labStatus()).state, { timeout: 60_000 }).toBe('partly up');
    await up({ ...testLab, report: quiet });
    expect((await hostExec('hypervisor2', ['ls', '/root/kept'])).exit).toBe(0);
  });
});
