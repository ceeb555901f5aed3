import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secrets } from '../../src/core/secret.ts';
import type { Link } from '../../src/transport/channel.ts';
import { type ConnectContext, type Connection, type ConnectionSettings, connect } from '../../src/transport/connect.ts';
import { createGate } from '../../src/transport/gate.ts';
import { Identity } from '../../src/transport/identity.ts';
import { KnownHosts } from '../../src/transport/known-hosts.ts';
import { openLocal } from '../../src/transport/local.ts';
import { openSsh } from '../../src/transport/ssh.ts';
import { startTraffic } from '../../src/transport/traffic.ts';
import type { TestServer } from './ssh-server.ts';

/**
 * Every POSIX shell of this machine that is some system's `sh`; dash and bash are always there. Under its own name bash
 * would read a .bashrc here, which it does not as `sh`.
 */
export const shells: readonly string[] = ['dash', 'bash --norc', 'busybox ash', 'mksh', 'ksh93'].filter(isHere);

function isHere(shell: string): boolean {
  try {
    execFileSync('sh', ['-c', `${shell} -c true`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'provision-test-'));
}

export function emptyKnownHosts(): KnownHosts {
  return new KnownHosts({ project: join(scratchFolder(), 'known_hosts'), user: [] });
}

export function settingsFor(server: TestServer, more: Partial<ConnectionSettings> = {}): ConnectionSettings {
  const { port, hostKey } = server;
  return { name: 'alfa', kind: 'ssh', host: '127.0.0.1', port, user: 'tester', hostKey, ...more };
}

export function connectTo(settings: ConnectionSettings, more: Partial<ConnectContext> = {}): Promise<Connection> {
  return connect(settings, { knownHosts: emptyKnownHosts(), secrets: new Secrets(), ...more });
}

export function connectHere(): Promise<Connection> {
  return connectTo({ name: 'here', kind: 'local', host: '127.0.0.1', port: 22, user: 'root' });
}

/** An identity over a link, with the shell of one's choice. */
export function identityOver(link: Link, shell: string, traffic = startTraffic()): Identity {
  return new Identity({ link, shell, host: 'alfa', traffic, gate: createGate(8) });
}

export const links: readonly { readonly name: string; open(server: TestServer, password: string): Promise<Link> }[] = [
  { name: 'local', open: async () => openLocal() },
  {
    name: 'ssh',
    open: (server, password) => {
      const target = { ...settingsFor(server), password, timeout: 10 };
      return openSsh(target, { knownHosts: emptyKnownHosts(), traffic: startTraffic() });
    },
  },
];

/** Every shell once, and both ways once: what a shell does is the same over both. */
export const shellsAndLinks = links.flatMap(({ name, open }) => {
  const tried = name === 'local' ? shells : shells.slice(0, 1);
  return tried.map((shell) => ({ way: `${name}, ${shell}`, shell, open }));
});
