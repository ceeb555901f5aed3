import { existsSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { problem } from '../core/diagnostic.ts';
import { attempt, execute } from './execute.ts';

type Report = (line: string) => void;

const packages = [
  ...['debootstrap', 'debian-archive-keyring', 'systemd-container', 'apt-cacher-ng', 'iptables', 'iproute2'],
  // For keys, and for the builds of the installers.
  ...['openssh-client', 'ca-certificates', 'curl', 'cpio', 'xz-utils', 'kmod', 'binutils'],
];

/** Why a lab cannot run here; undefined when it can. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'a lab is made of Linux namespaces, and this is not Linux';
  if (process.getuid?.() !== 0) return 'a lab mounts, boots and routes, which needs root: run it with sudo';
  return undefined;
}

export function requireLabMachine(): void {
  const reason = whyNoLab();
  if (reason) throw problem('PV5601', reason);
  if (!existsSync('/usr/bin/apt-get') || process.arch !== 'x64')
    throw problem('PV5601', 'the lab builds on Debian packages for amd64, and this machine has no such apt');
}

/** systemd runs this machine: then containers are registered with it. */
export function machineRunsSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** Installs the Debian packages that a lab needs and this machine lacks. */
export async function installPackages(report: Report): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  report(`installing ${missing.join(' ')}`);
  if (await listsAreStale()) await execute(['apt-get', '-qq', 'update']);
  await withoutServices(async () => {
    const install = ['apt-get', '-qq', '-y', '--no-install-recommends', 'install', ...missing];
    const environment = { DEBIAN_FRONTEND: 'noninteractive' };
    if ((await attempt(install, { environment })).exit === 0) return;
    await execute(['apt-get', '-qq', 'update']);
    await execute(install, { environment });
  });
  // The lab runs a proxy of its own; the package's service would only take a port of the user's.
  if (missing.includes('apt-cacher-ng')) await attempt(['systemctl', 'disable', 'apt-cacher-ng.service']);
}

async function missingPackages(): Promise<readonly string[]> {
  const query = ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', ...packages];
  const lines = (await attempt(query)).stdout.split('\n');
  return packages.filter((name) => !lines.includes(`${name} installed`));
}

async function listsAreStale(): Promise<boolean> {
  const folder = '/var/lib/apt/lists';
  const lists = (await readdir(folder).catch(() => [])).filter((name) => name.includes('_Packages'));
  if (lists.length === 0) return true;
  const times = await Promise.all(lists.map(async (name) => (await stat(`${folder}/${name}`)).mtimeMs));
  const week = 7 * 24 * 3600 * 1000;
  return Date.now() - Math.max(...times) > week;
}

/** Keeps freshly installed services from starting: where systemd is not PID 1, a start can hang. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    await rm(policy, { force: true });
  }
}
