import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../core/diagnostic.ts';
import { inControlGroup, removeControlGroup } from './control-group.ts';
import { attempt, execute } from './execute.ts';
import { type Identity, machineId, writeOwnLayer } from './host-layer.ts';
import { machineRunsSystemd } from './machine.ts';
import type { HostNames, LabNames } from './names.ts';
import { connectHost, disconnectHost } from './network.ts';
import { childrenOf, endProcesses, findProcesses } from './processes.ts';
import { waitForPort } from './proxy.ts';

export interface Boot {
  readonly lab: LabNames;
  readonly host: HostNames;
  readonly base: string;
  readonly identity: Identity;
}

/** Boots a host whose parts are all gone or left over; what was written on it before is kept. */
export async function bootHost({ lab, host, base, identity }: Boot): Promise<void> {
  await stopHost(host);
  const lower = (await standsOn(host)) ?? base;
  for (const folder of [host.upper, host.work, host.root]) await mkdir(folder, { recursive: true });
  await writeFile(`${host.folder}/base`, lower);
  await writeOwnLayer(host, identity);
  const layers = `lowerdir=${host.own}:${lower},upperdir=${host.upper},workdir=${host.work}`;
  await execute(['mount', '-t', 'overlay', host.machine, '-o', layers, host.root]);
  await connectHost(lab, identity.subnet, host);
  await startContainer(host);
  await waitForPort(host.address, 22, 60).catch(async (error: unknown) => {
    // The console is all that is left to ask.
    const said = (await readFile(host.console, 'utf8').catch(() => '')).split('\n').slice(-20).join('\n');
    throw problem('PV5603', `${host.name} did not come up: ${String(error)}`, { transcript: said });
  });
  const pid = await hostProcess(host);
  // sshd answers before libvirt does, and what a boot writes must not be taken for what a playbook wrote.
  if (pid !== undefined) await attempt([...enterHost(pid), 'systemctl', 'is-system-running', '--wait']);
}

/** Ends the host as a power cut would, and takes away all of it but what was written. */
export async function stopHost(host: HostNames): Promise<void> {
  const outer = await containerProcess(host);
  if (outer !== undefined) await endProcesses([...(await childrenOf(outer)), outer]);
  await removeControlGroup(host.machine);
  while ((await mountsBelow(host.root)).length > 0) await unmountAll(host);
  await disconnectHost(host);
}

/** The base of an earlier boot: what was written over it fits no other. */
async function standsOn(host: HostNames): Promise<string | undefined> {
  const base = await readFile(`${host.folder}/base`, 'utf8').catch(() => undefined);
  if (base === undefined || existsSync(base)) return base;
  await forgetHost(host);
  return undefined;
}

/** Throws away what was written on a stopped host. */
export async function forgetHost(host: HostNames): Promise<void> {
  await rm(`${host.folder}/base`, { force: true });
  for (const folder of [host.upper, host.work]) await rm(folder, { recursive: true, force: true });
}

/** Process 1 of the running host, in this machine's numbers. */
export async function hostProcess(host: HostNames): Promise<number | undefined> {
  const outer = await containerProcess(host);
  return outer === undefined ? undefined : (await childrenOf(outer))[0];
}

/** Words before a command that put it inside the host, as root, with a plain environment. */
export function enterHost(pid: number): readonly string[] {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const environment = [
    'env',
    '-i',
    '--chdir=/root',
    path,
    'HOME=/root',
    'LANG=C.UTF-8',
    `TERM=${process.env.TERM ?? 'dumb'}`,
  ];
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  return ['nsenter', '--target', String(pid), ...namespaces, '--root', '--', ...environment];
}

async function containerProcess(host: HostNames): Promise<number | undefined> {
  const found = await findProcesses(
    ([program = '', ...rest]) => program.endsWith('systemd-nspawn') && rest.includes(`--machine=${host.machine}`),
  );
  return found[0]?.pid;
}

async function startContainer(host: HostNames): Promise<void> {
  const console = await open(host.console, 'w');
  const [program = '', ...rest] = [
    ...(machineRunsSystemd() ? [] : await inControlGroup(host.machine)),
    'systemd-nspawn',
    ...nspawnArguments(host),
  ];
  const child = spawn(program, rest, {
    detached: true,
    stdio: ['ignore', console.fd, console.fd],
    // Without it /proc/sys/net is read-only and libvirt can start no network.
    env: { ...process.env, SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
  });
  await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
  child.unref();
  await console.close();
}

function nspawnArguments(host: HostNames): readonly string[] {
  // Registered where systemd runs the machine (not tried yet: the lab was made on machines without it).
  const registration = machineRunsSystemd()
    ? ['--property=DeviceAllow=/dev/net/tun rwm']
    : ['--register=no', '--keep-unit'];
  return [
    ...['--quiet', '--boot', '--settings=no', '--link-journal=no', '--timezone=off', '--resolv-conf=off'],
    ...registration,
    `--machine=${host.machine}`,
    `--hostname=${host.name}`,
    `--uuid=${machineId(host)}`,
    `--directory=${host.root}`,
    `--network-namespace-path=/run/netns/${host.namespace}`,
    '--capability=all',
    '--bind=/dev/net/tun',
  ];
}

async function mountsBelow(folder: string): Promise<readonly string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const points = lines.map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

async function unmountAll(host: HostNames): Promise<void> {
  for (const point of await mountsBelow(host.root)) {
    // The last process of a host lets go of its root a moment after it is gone.
    for (let tries = 0; (await attempt(['umount', point])).exit !== 0; tries += 1) {
      if (tries > 100) throw problem('PV5603', `cannot unmount ${point}: something on this machine still uses it`);
      await sleep(50);
    }
  }
}
