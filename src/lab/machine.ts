import { existsSync } from 'node:fs';
import { problem } from '../core/diagnostic.ts';
import { installDebianPackages } from './debian-packages.ts';
import { attempt } from './execute.ts';

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
  const installed = await installDebianPackages(packages, report);
  // The lab runs a proxy of its own; the package's service would only take a port of the user's.
  if (installed.includes('apt-cacher-ng')) await attempt(['systemctl', 'disable', 'apt-cacher-ng.service']);
}
