import type { Traffic } from '../core/event.ts';
import type { Remote, Seconds } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import type { Link } from './channel.ts';
import { createGate } from './gate.ts';
import { Identity } from './identity.ts';
import type { KnownHosts } from './known-hosts.ts';
import { openLocal } from './local.ts';
import { logInAgain } from './log-in-again.ts';
import { LostConnection } from './lost-connection.ts';
import { createRemote } from './remote.ts';
import { startTraffic, type TrafficMeter, type Wire } from './traffic.ts';

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
  /** Told before each try to log in once more, where the link was lost. */
  readonly onLogInAgain?: (attempt: number) => void;
  /** Called at the last moment before anything leaves for the host. */
  readonly beforeSending?: () => void;
}

export interface Connection {
  /**
   * One long-lived shell for each user, opened with the first request: where it cannot be, that request throws PV401x,
   * PV402x or `LostConnection`. Where the link was lost, it logs in again, or throws why it cannot; what was got before
   * stays lost, as do the locks that were held over it.
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
  const open = async () => (settings.kind === 'local' ? openLocal() : openSshLink(settings, context, traffic));
  const { beforeSending } = context;
  const users = (link: Link) => usersOver(link, settings, { traffic, ...(beforeSending && { beforeSending }) });
  return createConnection({ settings, context, traffic, open, users }, users(await open()));
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

/** All that are acted as over one link. */
interface Users {
  readonly link: Link;
  remote(user: string): Remote;
  close(): Promise<void>;
}

function usersOver(link: Link, settings: ConnectionSettings, wire: Wire): Users {
  const { name: host, becomePassword: password } = settings;
  const gate = createGate(channelLimit);
  const identities = new Map<string, { readonly identity: Identity; readonly remote: Remote }>();
  const identityOf = (user: string) => {
    const become = { user, ...(password !== undefined && { password }) };
    const identity = new Identity({ ...wire, link, host, gate, ...(user !== link.user && { become }) });
    const entry = { identity, remote: createRemote(identity) };
    identities.set(user, entry);
    return entry;
  };
  return {
    link,
    remote: (user) => (identities.get(user) ?? identityOf(user)).remote,
    async close() {
      for (const { identity } of identities.values()) identity.close();
      await link.close();
    },
  };
}

interface ConnectionParts {
  readonly settings: ConnectionSettings;
  readonly context: ConnectContext;
  readonly traffic: Traffic;
  open(): Promise<Link>;
  users(link: Link): Users;
}

function createConnection({ settings, context, traffic, open, users }: ConnectionParts, first: Users): Connection {
  let current = first;
  let closed = false;
  let again: Promise<void> | undefined;
  const logIn = async (): Promise<void> => {
    const link = await logInAgain(open, (attempt) => context.onLogInAgain?.(attempt));
    current = users(link);
    if (closed) await current.close();
  };
  return {
    traffic,
    async remote(as) {
      if (current.link.lost && !closed) {
        again ??= logIn().finally(() => {
          again = undefined;
        });
        await again;
      }
      if (closed) throw new LostConnection(settings.name, 'it was closed');
      return current.remote(as?.user ?? current.link.user);
    },
    async close() {
      closed = true;
      await current.close();
    },
  };
}
