import { userInfo } from 'node:os';
import { problem } from '../core/diagnostic.ts';
import type { Host, Inventory } from '../load/inventory.ts';
import type { Scope } from '../render/scope.ts';
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

/** What the variables of the host say. */
type Variables = Pick<Scope, 'has' | 'resolve'>;

interface Surroundings {
  readonly inventory: Inventory;
  readonly passwords: Passwords;
  readonly scope: Variables;
}

/**
 * How a host is reached. A guest behind its hypervisor is reached at the hypervisor's address, the port being the
 * forwarded one, and through whatever leads there; a guest on a network that hypervisors share at its own.
 */
export function connectionSettings(
  host: Host,
  sshOf: (host: Host) => SshMap,
  options: Surroundings,
): ConnectionSettings {
  const ssh = sshOf(host);
  const own = ssh.host === undefined && ssh.port === undefined ? ownAddress(options.scope) : undefined;
  const hypervisor = (ssh.host ?? own) === undefined ? hypervisorOf(host, options) : undefined;
  const way = hypervisor ? sshOf(hypervisor) : ssh;
  const jump = ssh.jump ?? way.jump;
  const connectTimeout = ssh.connect_timeout ?? way.connect_timeout;
  const local = way.connection === 'local' || (host.name === 'localhost' && way.host === undefined);
  const address = local ? '127.0.0.1' : (own ?? way.host ?? hypervisor?.name ?? host.name);
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

function ownAddress(scope: Variables): string | undefined {
  if (!['hypervisor', 'network', 'networks'].every((name) => scope.has(name))) return undefined;
  const networks = scope.resolve('networks') as Readonly<Record<string, { readonly kind?: unknown }>>;
  const kind = networks[String(scope.resolve('network'))]?.kind;
  if (kind === undefined || kind === 'nat') return undefined;
  const name = ['public_ip', 'ip'].find((variable) => scope.has(variable));
  return name === undefined ? undefined : String(scope.resolve(name));
}

function hypervisorOf(host: Host, { inventory, scope }: Surroundings): Host | undefined {
  if (!scope.has('hypervisor')) return undefined;
  const hypervisor = String(scope.resolve('hypervisor'));
  const found = inventory.hosts.get(hypervisor);
  if (found) return found;
  throw problem('PV5008', `${host.name} names the hypervisor ${hypervisor}, which is not in the inventory`, {
    at: host.at,
  });
}
