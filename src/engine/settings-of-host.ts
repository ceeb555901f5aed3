import { problem } from '../core/diagnostic.ts';
import type { Host } from '../load/inventory.ts';
import type { ConnectionSettings } from '../transport/connect.ts';
import { connectionSettings, type Passwords, type SshMap } from './connection-settings.ts';
import type { KnownTo } from './known-guests.ts';
import { createScope } from './scope.ts';

export interface HostSettings {
  readonly connection: ConnectionSettings;
  /** As whom to act there, where that is not who logs in. */
  readonly become?: string;
}

/** How a host is reached, outside of a run. Throws PV5008 where the inventory does not have it. */
export function settingsOfHost(name: string, known: KnownTo & { readonly passwords: Passwords }): HostSettings {
  const { inventory, extra, secrets, passwords } = known;
  const host = inventory.hosts.get(name);
  if (!host)
    throw problem('PV5008', `${name} is not in the inventory`, { help: '`provision inventory` shows all hosts' });
  const scopeOf = ({ name, layers }: Host) => createScope({ inventory, host: name, layers, data: {}, extra, secrets });
  const sshOf = (other: Host): SshMap => scopeOf(other).resolve('ssh') as SshMap;
  const connection = connectionSettings(host, sshOf, { inventory, passwords, scope: scopeOf(host) });
  const { become, become_user } = sshOf(host);
  return { connection, ...(become && { become: become_user ?? 'root' }) };
}
