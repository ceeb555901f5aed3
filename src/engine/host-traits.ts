import type { Look } from '../core/plan.ts';

/** What a hypervisor is, as far as a guest may depend on it. */
export interface HostTraits {
  readonly libvirt: string;
  /** Model of its processor. */
  readonly processor: string;
  readonly qemu: string;
  /** What its sshd says of sockets: `yes`, `local`, `remote`, `no`; nothing where it does not tell. */
  readonly forwarding: string;
  /** SELinux decides there who may use which socket. */
  readonly confined: boolean;
}

export async function traitsOf(look: Look): Promise<HostTraits> {
  const { stdout } = await look.query(['sh', '-c', tellTraits]);
  const told = new Map(
    stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const of = (name: string): string => told.get(name) ?? '';
  return {
    libvirt: of('libvirt'),
    processor: of('processor'),
    qemu: of('qemu'),
    forwarding: of('disableforwarding') === 'yes' ? 'no' : of('allowstreamlocalforwarding'),
    confined: of('selinux') === '1',
  };
}

/** sshd tells what it makes of its configuration, to root. */
const tellTraits = `echo "libvirt=$(virsh --version)"
echo "processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
virsh -c qemu:///system version | sed -n 's/^Running hypervisor: QEMU /qemu=/p'
sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -T -C user=root,host=localhost,addr=127.0.0.1 2>/dev/null |
  sed -n 's/^\\(allowstreamlocalforwarding\\|disableforwarding\\) /\\1=/p'
[ ! -r /sys/fs/selinux/enforce ] || echo "selinux=$(cat /sys/fs/selinux/enforce)"`;
