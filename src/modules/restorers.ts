import { fileRestore } from './file/restore.ts';
import { iptablesRestore } from './iptables/restore.ts';
import { networkRestore } from './libvirt/restore-network.ts';
import { poolRestore } from './libvirt/restore-pool.ts';
import type { Restorer } from './restorer.ts';
import { systemdRestore } from './systemd/restore.ts';

const restorers: readonly Restorer[] = [fileRestore, iptablesRestore, networkRestore, poolRestore, systemdRestore];

const byKind = new Map(restorers.map((restorer) => [restorer.kind as string, restorer]));

/** Who makes things of this kind again what they were. */
export function findRestorer(kind: string): Restorer | undefined {
  return byKind.get(kind);
}
