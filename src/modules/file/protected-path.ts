import { posix } from 'node:path';
import { problem } from '../../core/diagnostic.ts';

/** Without these a machine does not start, cannot be logged in to, or has lost what it was for. */
const protectedPaths: ReadonlySet<string> = new Set([
  ...['/', '/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/lib32', '/lib64', '/media', '/mnt', '/opt'],
  ...['/proc', '/root', '/run', '/sbin', '/srv', '/sys', '/tmp', '/usr', '/usr/bin', '/usr/lib', '/usr/local'],
  ...['/usr/sbin', '/usr/share', '/var', '/var/lib', '/var/lib/dpkg', '/var/lib/libvirt', '/var/log', '/var/tmp'],
  ...['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/fstab', '/etc/ssh', '/etc/libvirt'],
]);

const kernelTrees = ['/proc/', '/sys/', '/dev/'];

/** Throws for what nobody means to remove, however it is spelt; `real` is where the path's links lead. */
export function refuseProtected(path: string, real = path): void {
  const plain = posix.normalize(real).replace(/(.)\/+$/, '$1');
  if (!protectedPaths.has(plain) && !kernelTrees.some((tree) => plain.startsWith(tree))) return;
  const name = real === path ? path : `${path} is really ${real}, which`;
  throw problem('PV5104', `${name} belongs to the system and is never removed`, { argument: ['path'] });
}
