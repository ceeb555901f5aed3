import { existsSync } from 'node:fs';
import { installDebianPackages } from '../../src/lab/debian-packages.ts';

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
  await installDebianPackages(packagesFor(names), report);
}

export function packagesFor(names: readonly string[]): readonly string[] {
  const ansible = names.some((name) => name.startsWith('ansible')) ? forAnsible : [];
  const mitogen = names.includes('mitogen') ? forMitogen : [];
  const edge = names.includes('edge') ? forEdge : [];
  return [...new Set([...always, ...ansible, ...mitogen, ...edge])];
}
