import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AnyAuthMethod, type AuthenticationType, type NextAuthHandler } from 'ssh2';
import { problem } from '../core/diagnostic.ts';

export interface Credentials {
  readonly user: string;
  readonly password?: string | undefined;
  /** Absolute, or `~/…`. */
  readonly privateKeyFile?: string | undefined;
  readonly passphrase?: string | undefined;
}

export interface Authentication {
  /** What ssh2 asks for the next thing to try. */
  next(left: AuthenticationType[] | null, partial: boolean | null, next: NextAuthHandler): void;
  /** What was tried or passed over so far, for the error. */
  readonly tried: readonly string[];
}

interface Candidate {
  readonly title: string;
  readonly method: AnyAuthMethod;
}

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * Each way to log in, best first. What the inventory names comes before what lies around, for servers count the
 * attempts. No empty attempt is made first: that saves a round trip.
 */
export function prepareAuthentication(credentials: Credentials): Authentication {
  const tried: string[] = [];
  const candidates = [
    ...configuredKey(credentials),
    ...passwords(credentials),
    ...agent(credentials),
    ...(credentials.privateKeyFile === undefined ? usualKeys(credentials, tried) : []),
  ];
  return {
    tried,
    next(left, _partial, next) {
      const wanted = ({ method }: Candidate): boolean => left === null || left.includes(methodName(method));
      let candidate = candidates.shift();
      while (candidate && !wanted(candidate)) candidate = candidates.shift();
      if (candidate) tried.push(candidate.title);
      // ssh2 takes `false` for "nothing left"; its types know only the methods.
      next(candidate?.method ?? (false as unknown as AnyAuthMethod));
    },
  };
}

function methodName(method: AnyAuthMethod): AuthenticationType {
  return method.type === 'agent' ? 'publickey' : method.type;
}

function configuredKey({ user, privateKeyFile, passphrase }: Credentials): Candidate[] {
  if (privateKeyFile === undefined) return [];
  const key = readKey(expandHome(privateKeyFile));
  const opened = openKey(key, passphrase);
  if (opened === 'unknown') {
    throw problem('PV4008', `${privateKeyFile} is not a private key that can be read`, {
      help: 'OpenSSH, PEM and PuTTY keys are understood; is it the public half?',
    });
  }
  if (opened === 'encrypted') {
    const why =
      passphrase === undefined ? 'is encrypted, and no passphrase is given' : 'does not open: wrong passphrase';
    throw problem('PV4009', `the private key ${privateKeyFile} ${why}`, {
      help: 'set `ssh.passphrase`, or add the key to your SSH agent (ssh-add) and leave `ssh.private_key_file` out',
    });
  }
  return [{ title: `key ${privateKeyFile}`, method: publicKey(user, key, passphrase) }];
}

function readKey(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? String(error);
    throw problem('PV4008', `the private key ${file} cannot be read: ${reason}`, {
      help: 'check `ssh.private_key_file`',
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
};

function openKey(key: Buffer, passphrase: string | undefined): 'open' | 'encrypted' | 'unknown' {
  const parsed = ssh2.utils.parseKey(key, passphrase);
  // The public half of a key is parsed as well, and logs nobody in.
  if (!(parsed instanceof Error)) return parsed.isPrivateKey() ? 'open' : 'unknown';
  return /encrypted|passphrase|decrypt|integrity/i.test(parsed.message) ? 'encrypted' : 'unknown';
}

function publicKey(username: string, key: Buffer, passphrase: string | undefined): AnyAuthMethod {
  return { type: 'publickey', username, key, ...(passphrase !== undefined && { passphrase }) };
}

function passwords({ user, password }: Credentials): Candidate[] {
  if (password === undefined) return [];
  return [
    { title: 'password', method: { type: 'password', username: user, password } },
    {
      title: 'keyboard-interactive',
      method: {
        type: 'keyboard-interactive',
        username: user,
        // Only what is not echoed is a password; other questions get no answer.
        prompt: (_name, _instructions, _language, prompts, finish) =>
          finish(prompts.map(({ echo }) => (echo ? '' : password))),
      },
    },
  ];
}

function agent({ user }: Credentials): Candidate[] {
  const socket = process.env.SSH_AUTH_SOCK;
  if (!socket || !existsSync(socket)) return [];
  return [{ title: 'SSH agent', method: { type: 'agent', username: user, agent: socket } }];
}

function usualKeys({ user, passphrase }: Credentials, tried: string[]): Candidate[] {
  return defaultKeys.flatMap((name) => {
    const file = join(homedir(), '.ssh', name);
    if (!existsSync(file)) return [];
    const key = readKey(file);
    const opened = openKey(key, passphrase);
    if (opened === 'open') return [{ title: `key ~/.ssh/${name}`, method: publicKey(user, key, passphrase) }];
    tried.push(`key ~/.ssh/${name} (passed over: ${opened === 'encrypted' ? 'needs a passphrase' : 'not readable'})`);
    return [];
  });
}

function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
