import type { Diagnostic } from './diagnostic.ts';
import type { Seconds } from './plan.ts';

/** What `provision status` saw of a guest. */
export interface GuestStatus {
  readonly name: string;
  readonly phase: 'absent' | 'installing' | 'installed';
  /** As libvirt has it: `running`, `shut off`, `paused`. */
  readonly state?: string;
  readonly address?: string;
  /** What its network keeps for it, and what it was given. */
  readonly reserved?: string;
  readonly leased?: string;
  /** `10022 > 22`, of UDP `udp 5353 > 53`. */
  readonly forwards: readonly string[];
  /** Bytes that its disks take on the host, and that they may take. */
  readonly disk?: { readonly used: number; readonly capacity: number };
  readonly uptime?: Seconds;
  /** It was defined anew since it was started. */
  readonly restart: boolean;
  /** Provision made it, and the inventory no longer names it. */
  readonly stray: boolean;
  /** Whatever is not as the inventory says. */
  readonly notes: readonly string[];
  /** What a run would change; left out: nobody looked. */
  readonly drift?: readonly string[];
}

export interface HypervisorStatus {
  readonly name: string;
  /** Why nothing is known of it. */
  readonly failure?: Diagnostic;
  readonly uptime?: Seconds;
  readonly libvirt?: string;
  /** Domains that provision did not make. */
  readonly others: readonly string[];
  /** What a run would change on the hypervisor itself; left out: nobody looked. */
  readonly drift?: readonly string[];
  readonly guests: readonly GuestStatus[];
}
