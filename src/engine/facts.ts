import type { Look } from '../core/plan.ts';
import { factsScript } from './facts-script.ts';
import { parseFacts } from './parse-facts.ts';

/** What a host is. Nothing is ever left out: what cannot be told is `null`, or an empty list. Sizes are in MiB. */
export interface Facts {
  readonly hostname: string | null;
  /** `id` and `codename` as in /etc/os-release: `debian`, `bookworm`. */
  readonly os: Readonly<Record<'id' | 'name' | 'version' | 'codename', string | null>>;
  /** Release of the kernel: `6.1.0-28-amd64`. */
  readonly kernel: string | null;
  /** As `uname -m` has it: `x86_64`. */
  readonly architecture: string | null;
  /** What runs it, as systemd-detect-virt has it: `kvm`, `lxc`, `none`. */
  readonly virtualisation: string | null;
  readonly init: string | null;
  readonly package_manager: string | null;
  readonly memory: Readonly<Record<'total' | 'available' | 'swap', number | null>>;
  readonly cpus: { readonly count: number | null; readonly model: string | null };
  readonly interfaces: readonly Interface[];
  /** Of all interfaces but the loopback, without prefix length; IPv4 first. */
  readonly addresses: readonly string[];
  readonly default_route: { readonly interface: string | null; readonly gateway: string | null };
  readonly mounts: readonly Mount[];
  readonly kvm: boolean;
  /** `null` without virsh. */
  readonly libvirt: Libvirt | null;
}

export interface Interface {
  readonly name: string;
  readonly mac: string | null;
  readonly mtu: number;
  readonly state: string;
  /** With prefix length. */
  readonly addresses: readonly string[];
}

export interface Mount {
  readonly path: string;
  readonly device: string;
  readonly type: string;
  readonly size: number | null;
  readonly available: number | null;
}

export interface Libvirt {
  readonly version: string | null;
  /** Of QEMU. */
  readonly hypervisor: string | null;
  /** Those that libvirt says it can start: `kvm` only where KVM works. */
  readonly domain_types: readonly string[];
  readonly emulator: string | null;
}

/** One look, one round trip. */
export async function readFacts(look: Look): Promise<Facts> {
  const { stdout } = await look.query(['sh', '-c', factsScript]);
  return parseFacts(stdout);
}
