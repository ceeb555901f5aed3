import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Inventory } from '../load/inventory.ts';
import { KnownHosts } from '../transport/known-hosts.ts';

/** Guests are pinned in the project; other hosts may stand in the user's own files. */
export function knownHostsOf({ folder }: Pick<Inventory, 'folder'>): KnownHosts {
  return new KnownHosts({
    project: join(folder, 'known_hosts'),
    user: [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
  });
}
