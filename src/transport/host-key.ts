import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import { quoteWord } from '../core/quote.ts';
import type { KnownHosts, KnownKey, KnownKeys } from './known-hosts.ts';

export interface HostPlace {
  /** The name keys are pinned by. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…` or `SHA256:…`; counts alone. */
  readonly hostKey?: string | undefined;
}

export interface HostKeyCheck {
  /** Those of the known keys first, so that a host with several shows the one that we know. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Why the key that the host shows is refused; nothing where it is the right one. */
  refuse(shown: Buffer): ProvisionError | undefined;
}

const offered: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

export function checkHostKey(place: HostPlace, knownHosts: KnownHosts): HostKeyCheck {
  const known = keysOf(place, knownHosts);
  const first = offered.filter((algorithm) => known.trusted.some((key) => keyTypeOf(algorithm) === key.algorithm));
  return {
    algorithms: [...first, ...offered.filter((algorithm) => !first.includes(algorithm))],
    refuse(shown) {
      const key = shown.toString('base64');
      if (known.revoked.some((revoked) => revoked.key === key)) return revokedKey(place, shown);
      if (known.trusted.some((trusted) => trusted.key === key || trusted.key === fingerprint(shown))) return undefined;
      return known.trusted.length > 0
        ? changedKey(place, shown, known.trusted)
        : unknownKey(place, shown, knownHosts.project);
    },
  };
}

function keysOf({ name, host, port, hostKey }: HostPlace, knownHosts: KnownHosts): KnownKeys {
  const known = knownHosts.keysFor(name, host, port);
  if (hostKey === undefined) return known;
  const [first = '', second = ''] = hostKey.trim().split(/\s+/);
  const pinned = first.startsWith('SHA256:') ? { algorithm: '', key: first } : { algorithm: first, key: second };
  return { ...known, trusted: [{ ...pinned, place: '`ssh.host_key` of the inventory' }] };
}

/** RSA keys are of one type, by whichever of three algorithms they sign. */
function keyTypeOf(algorithm: ServerHostKeyAlgorithm): string {
  return algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm;
}

/** `SHA256:…`, as ssh and ssh-keygen print it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key blob begins with its own type, headed by its length. */
function typeOf(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

function unknownKey({ name, host, port }: HostPlace, shown: Buffer, project: string): ProvisionError {
  const line = `${name} ${typeOf(shown)} ${shown.toString('base64')}`;
  const file = displayed(project);
  return problem('PV4006', `the host key of ${name} (${host}:${port}) is not known: ${fingerprint(shown)}`, {
    help:
      `compare it on the host itself (for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done) and ` +
      `accept it with: echo '${line}' >> ${quoteWord(file)}`,
  });
}

function changedKey({ name, host, port }: HostPlace, shown: Buffer, known: readonly KnownKey[]): ProvisionError {
  const former = known.map((key) => `${fingerprintOf(key)} (${displayed(key.place)})`).join(', ');
  const shownKey = `${typeOf(shown)} ${fingerprint(shown)}`;
  return problem('PV4005', `${name} (${host}:${port}) shows the host key ${shownKey} but is known by ${former}`, {
    help:
      'if the host was installed anew, take that entry out, run again, and compare the fingerprint on the host itself; ' +
      'if not, somebody may stand in between',
  });
}

function revokedKey({ name, host, port }: HostPlace, shown: Buffer): ProvisionError {
  return problem('PV4013', `the host key of ${name} (${host}:${port}) is revoked: ${fingerprint(shown)}`, {
    help: 'give the host a new key (ssh-keygen -A) after taking the old one away',
  });
}

function fingerprintOf({ algorithm, key }: KnownKey): string {
  return key.startsWith('SHA256:') ? key : `${algorithm} ${fingerprint(Buffer.from(key, 'base64'))}`;
}

function displayed(path: string): string {
  const near = relative(process.cwd(), path);
  return path.startsWith('/') && near.length < path.length ? near : path;
}
