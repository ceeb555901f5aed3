import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { attempt, execute } from '../../src/lab/execute.ts';

const always = ['openssh-server', 'openssh-client', 'iproute2', 'iptables', 'gcc', 'libc6-dev'];
const forAnsible = ['ansible-core', 'python3'];
const forMitogen = [...forAnsible, 'ansible-mitogen'];
const forEdge = ['isc-dhcp-server'];

/** Why nothing can be measured here; undefined when it can. */
export function whyNoRig(): string | undefined {
  if (process.platform !== 'linux') return 'the hosts are Linux namespaces, and this is not Linux';
  if (process.getuid?.() !== 0) return 'making hosts in namespaces needs root: run it with sudo';
  if (!existsSync('/usr/bin/apt-get')) return 'the contenders are Debian packages, and this machine has no apt';
  return undefined;
}

/** Installs what is missing of the Debian packages that these contenders and works, and their hosts, need. */
export async function installPackages(names: readonly string[], report: (line: string) => void): Promise<void> {
  const wanted = packagesFor(names);
  const query = ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', ...wanted];
  const present = (await attempt(query)).stdout.split('\n');
  const missing = wanted.filter((name) => !present.includes(`${name} installed`));
  if (missing.length === 0) return;
  report(`installing ${missing.join(' ')}`);
  await withoutServices(async () => {
    const install = ['apt-get', '-qq', '-y', '--no-install-recommends', 'install', ...missing];
    const environment = { DEBIAN_FRONTEND: 'noninteractive' };
    if ((await attempt(install, { environment })).exit === 0) return;
    await execute(['apt-get', '-qq', 'update']);
    await execute(install, { environment });
  });
}

export function packagesFor(names: readonly string[]): readonly string[] {
  const ansible = names.some((name) => name.startsWith('ansible')) ? forAnsible : [];
  const mitogen = names.includes('mitogen') ? forMitogen : [];
  const edge = names.includes('edge') ? forEdge : [];
  return [...new Set([...always, ...ansible, ...mitogen, ...edge])];
}

/** The hosts have SSH servers of their own; the package's would only take a port of this machine. */
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
