import { existsSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { attempt, execute } from './execute.ts';

/** Installs those of these Debian packages that this machine lacks, without starting services; returns which. */
export async function installDebianPackages(
  names: readonly string[],
  report: (line: string) => void,
): Promise<readonly string[]> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return missing;
  report(`installing ${missing.join(' ')}`);
  if (await listsAreStale()) await execute(['apt-get', '-qq', 'update']);
  await withoutServices(async () => {
    const install = ['apt-get', '-qq', '-y', '--no-install-recommends', 'install', ...missing];
    const environment = { DEBIAN_FRONTEND: 'noninteractive' };
    if ((await attempt(install, { environment })).exit === 0) return;
    await execute(['apt-get', '-qq', 'update']);
    await execute(install, { environment });
  });
  return missing;
}

async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  const query = ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', ...names];
  const lines = (await attempt(query)).stdout.split('\n');
  return names.filter((name) => !lines.includes(`${name} installed`));
}

async function listsAreStale(): Promise<boolean> {
  const folder = '/var/lib/apt/lists';
  const lists = (await readdir(folder).catch(() => [])).filter((name) => name.includes('_Packages'));
  if (lists.length === 0) return true;
  const times = await Promise.all(lists.map(async (name) => (await stat(`${folder}/${name}`)).mtimeMs));
  const week = 7 * 24 * 3600 * 1000;
  return Date.now() - Math.max(...times) > week;
}

/** Where systemd is not PID 1, a start can hang; elsewhere the service would only take a port of the user's. */
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
