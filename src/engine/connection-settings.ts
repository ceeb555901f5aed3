import { userInfo } from 'node:os';
import { problem } from '../core/diagnostic.ts';
import type { Host, Inventory } from '../load/inventory.ts';
import type { ConnectionSettings } from '../transport/connect.ts';

/** The `ssh:` map of a host with its expressions evaluated: what `ssh` means in its own expressions. */
export interface SshMap {
  readonly connection?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly private_key_file?: string;
  readonly passphrase?: string;
  readonly jump?: string;
  readonly connect_timeout?: number;
  readonly host_key?: string;
  readonly become?: boolean;
  readonly become_user?: string;
  readonly become_password?: string;
}

/** What the command line asked for: `-k`, `-K`. */
export interface Passwords {
  readonly ssh?: string;
  readonly become?: string;
}

/**
 * How a host is reached. A guest without an address of its own is reached at its hypervisor's, the port being the
 * forwarded one, and through whatever leads to the hypervisor.
 */
export function connectionSettings(
  host: Host,
  sshOf: (host: Host) => SshMap,
  options: { readonly inventory: Inventory; readonly passwords: Passwords; readonly hypervisor?: string },
): ConnectionSettings {
  const ssh = sshOf(host);
  const hypervisor = ssh.host === undefined ? hypervisorOf(host, options) : undefined;
  const way = hypervisor ? sshOf(hypervisor) : ssh;
  const jump = ssh.jump ?? way.jump;
  const connectTimeout = ssh.connect_timeout ?? way.connect_timeout;
  const local = way.connection === 'local' || (host.name === 'localhost' && way.host === undefined);
  const address = local ? '127.0.0.1' : (way.host ?? hypervisor?.name ?? host.name);
  const password = options.passwords.ssh ?? ssh.password;
  const becomePassword = options.passwords.become ?? ssh.become_password ?? password;
  return {
    name: host.name,
    kind: local && !hypervisor ? 'local' : 'ssh',
    host: address,
    port: Number(ssh.port ?? 22),
    user: ssh.user ?? userInfo().username,
    ...(password !== undefined && { password }),
    ...(ssh.private_key_file !== undefined && { privateKeyFile: ssh.private_key_file }),
    ...(ssh.passphrase !== undefined && { passphrase: ssh.passphrase }),
    ...(jump !== undefined && { jump }),
    ...(connectTimeout !== undefined && { connectTimeout: Number(connectTimeout) }),
    ...(ssh.host_key !== undefined && { hostKey: ssh.host_key }),
    ...(becomePassword !== undefined && { becomePassword }),
  };
}

function hypervisorOf(
  host: Host,
  { inventory, hypervisor }: { readonly inventory: Inventory; readonly hypervisor?: string },
): Host | undefined {
  if (hypervisor === undefined) return undefined;
  const found = inventory.hosts.get(hypervisor);
  if (found) return found;
  throw problem('PV5008', `${host.name} names the hypervisor ${hypervisor}, which is not in the inventory`, {
    at: host.at,
  });
}
