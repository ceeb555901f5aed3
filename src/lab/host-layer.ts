import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hostKey } from './keys.ts';
import { gatewayOf, type HostNames, proxyPort } from './names.ts';

export interface Identity {
  readonly subnet: string;
  readonly authorizedKey: string;
}

/** The layer between base and upper: a host's name and keys, so that its upper holds only what was done on it. */
export async function writeOwnLayer(host: HostNames, { subnet, authorizedKey }: Identity): Promise<void> {
  await rm(host.own, { recursive: true, force: true });
  const publicKey = await hostKey(host);
  const put = async (path: string, content: string, mode = 0o644) => {
    await mkdir(dirname(`${host.own}${path}`), { recursive: true, mode: 0o755 });
    await writeFile(`${host.own}${path}`, content, { mode });
  };
  await put('/etc/hostname', `${host.name}\n`);
  // libvirt takes ten seconds for each domain on a host that cannot resolve its own name.
  await put('/etc/hosts', `127.0.0.1 localhost\n${host.address} ${host.name}\n::1 localhost ip6-localhost\n`);
  await put('/etc/resolv.conf', await outsideResolvers());
  // With an empty one systemd would make one up, and note it in the upper layer.
  await put('/etc/machine-id', `${machineId(host)}\n`, 0o444);
  await put('/etc/apt/apt.conf.d/20lab-proxy', `Acquire::http::Proxy "http://${gatewayOf(subnet)}:${proxyPort}/";\n`);
  await put('/etc/ssh/ssh_host_ed25519_key.pub', `${publicKey}\n`);
  await copyFile(`${host.identity}/ssh_host_ed25519_key`, `${host.own}/etc/ssh/ssh_host_ed25519_key`);
  await put('/root/.ssh/authorized_keys', `${authorizedKey}\n`, 0o600);
  // In an overlay a folder shows the mode of its topmost layer.
  for (const folder of ['', '/root', '/root/.ssh']) await chmod(`${host.own}${folder}`, folder ? 0o700 : 0o755);
}

/** Stays the same, as the host's key does. */
export function machineId(host: HostNames): string {
  return createHash('md5').update(host.machine).digest('hex');
}

/** Name servers of this machine that its containers can reach too. */
async function outsideResolvers(): Promise<string> {
  const lines = (await readFile('/etc/resolv.conf', 'utf8').catch(() => '')).split('\n');
  const usable = lines.filter((line) => /^nameserver\s/.test(line) && !/\s(127\.|::1)/.test(line));
  return `${usable.join('\n')}\n`;
}
