import type { Traffic } from '../core/event.ts';
import type { Remote, Seconds } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import type { Link } from './channel.ts';
import { createGate } from './gate.ts';
import { Identity } from './identity.ts';
import type { KnownHosts } from './known-hosts.ts';
import { openLocal } from './local.ts';
import { createRemote } from './remote.ts';
import { startTraffic, type TrafficMeter } from './traffic.ts';

export { LostConnection } from './lost-connection.ts';

/** How a host is reached. */
export interface ConnectionSettings {
  /** Inventory name; host keys are pinned by it. */
  readonly name: string;
  readonly kind: 'ssh' | 'local';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly privateKeyFile?: string;
  readonly passphrase?: string;
  /** `user@host:port`, comma separated, the nearest first. */
  readonly jump?: string;
  /** `ssh-ed25519 AAAA…` or `SHA256:…`: this key and no other. */
  readonly hostKey?: string;
  /** Of the user who logs in, for sudo. */
  readonly becomePassword?: string;
  /** For each host on the way, until it has let us in. Default 20. */
  readonly connectTimeout?: Seconds;
}

export interface ConnectContext {
  readonly knownHosts: KnownHosts;
  readonly secrets: Secrets;
}

export interface Connection {
  /**
   * One long-lived shell for each user, opened with the first request: where it cannot be, that request throws PV401x,
   * PV402x or `LostConnection`.
   */
  remote(as?: { readonly user: string }): Promise<Remote>;
  readonly traffic: Traffic;
  close(): Promise<void>;
}

/** sshd allows 10 sessions a connection unless told otherwise; the rest is for stopping what runs in them. */
const channelLimit = 8;

/** Throws PV40xx: why the host cannot be reached or does not let us in. */
export async function connect(settings: ConnectionSettings, context: ConnectContext): Promise<Connection> {
  for (const secret of [settings.password, settings.passphrase, settings.becomePassword]) {
    if (secret !== undefined) context.secrets.add(secret);
  }
  const traffic = startTraffic();
  const link = settings.kind === 'local' ? openLocal() : await openSshLink(settings, context, traffic);
  return createConnection(settings, link, traffic);
}

/** ssh2 takes 60 ms to load, which a run on this machine alone need not wait for. */
async function openSshLink(
  { connectTimeout, ...settings }: ConnectionSettings,
  { knownHosts }: ConnectContext,
  traffic: TrafficMeter,
): Promise<Link> {
  const { openSsh } = await import('./ssh.ts');
  return openSsh({ ...settings, timeout: connectTimeout ?? 20 }, { knownHosts, traffic });
}

function createConnection(settings: ConnectionSettings, link: Link, traffic: TrafficMeter): Connection {
  const { name: host, becomePassword: password } = settings;
  const gate = createGate(channelLimit);
  const identities = new Map<string, { readonly identity: Identity; readonly remote: Remote }>();
  const identityOf = (user: string) => {
    const known = identities.get(user);
    if (known) return known;
    const become = { user, ...(password !== undefined && { password }) };
    const identity = new Identity({ link, host, traffic, gate, ...(user !== link.user && { become }) });
    const entry = { identity, remote: createRemote(identity) };
    identities.set(user, entry);
    return entry;
  };
  return {
    traffic,
    async remote(as) {
      return identityOf(as?.user ?? link.user).remote;
    },
    async close() {
      for (const { identity } of identities.values()) identity.close();
      await link.close();
    },
  };
}
