import { createHash } from 'node:crypto';
import { encrypt } from 'unixcrypt';
import type { Secrets } from '../core/secret.ts';
import { Failure } from './failure.ts';
import type { Scope } from './scope.ts';

export interface FunctionContext {
  /** What `has` and `get` look in; without the functions. */
  readonly scope: Scope;
  readonly secrets: Secrets;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ScopeFunction {
  /** How it is called: `netmask(prefix)`. */
  readonly usage: string;
  /** One sentence for the reference. */
  readonly description: string;
  readonly create: (context: FunctionContext) => (...args: readonly unknown[]) => unknown;
}

/** Every function that expressions and templates can call. */
export const scopeFunctions: Readonly<Record<string, ScopeFunction>> = {
  has: {
    usage: "has('a.b')",
    description: 'Whether a variable, or a part of one, is defined.',
    create:
      ({ scope }) =>
      (path) =>
        lookUp(scope, textArgument('has', path)).found,
  },
  get: {
    usage: "get('a.b', fallback)",
    description: 'A variable or a part of one, or the fallback where it is not defined.',
    create:
      ({ scope }) =>
      (path, fallback) => {
        const { found, value } = lookUp(scope, textArgument('get', path));
        return found ? value : fallback;
      },
  },
  crypt: {
    usage: 'crypt(password, name)',
    description:
      'The SHA-512 crypt of a password, with a salt made of the name: it changes only when the password does.',
    create:
      ({ secrets }) =>
      (password, name) =>
        crypt(textArgument('crypt', password), textArgument('crypt', name), secrets),
  },
  env: {
    usage: "env('NAME')",
    description:
      'A variable of the environment provision was started in. It is a secret, masked wherever it would be shown, unless ' +
      "it is asked for as `env('NAME', { secret: false })`.",
    create:
      ({ environment, secrets }) =>
      (name, options) => {
        const value = fromEnvironment(textArgument('env', name), environment);
        if ((options as { secret?: unknown } | undefined)?.secret !== false) secrets.add(value);
        return value;
      },
  },
  namedSecret: {
    usage: "namedSecret('NAME')",
    description:
      'The secret of that name in `secrets.age.yml`: what `!secret NAME` stands for, which is the usual way.',
    create:
      ({ secrets }) =>
      (name) =>
        fromSecrets(textArgument('namedSecret', name), secrets),
  },
  netmask: {
    usage: 'netmask(prefix)',
    description: 'The netmask of a prefix length: `netmask(24)` is 255.255.255.0.',
    create: () => (prefix) => dotted(maskOf(prefix)),
  },
  networkOf: {
    usage: 'networkOf(ip, prefix)',
    description: "The network an address is in: `networkOf('192.168.101.7', 24)` is 192.168.101.0.",
    create: () => (ip, prefix) => dotted(addressOf('networkOf', ip) & maskOf(prefix)),
  },
  base64: {
    usage: 'base64(text)',
    description: 'The text in base64, its characters as UTF-8.',
    create:
      ({ secrets }) =>
      (text) =>
        encoded(textArgument('base64', text), 'base64', secrets),
  },
  sha256: {
    usage: 'sha256(text)',
    description: 'The SHA-256 of a text, in hex.',
    create:
      ({ secrets }) =>
      (text) =>
        encoded(textArgument('sha256', text), 'sha256', secrets),
  },
  indent: {
    usage: 'indent(text, count)',
    description: 'The text with all lines but the first indented by so many blanks.',
    create: () => (text, count) => indent(textArgument('indent', text), count),
  },
};

/** `guests[0].ssh.port` or `labels["a b"]`, followed as far as it leads. */
function lookUp(scope: Scope, path: string): { readonly found: boolean; readonly value?: unknown } {
  const [name, ...rest] = keysOf(path);
  if (name === undefined || !scope.has(name)) return { found: false };
  let value = scope.resolve(name);
  for (const key of rest) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return { found: false };
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value === undefined ? { found: false } : { found: true, value };
}

function keysOf(path: string): string[] {
  const keys = Array.from(path.matchAll(/(?:^|\.)([^.[\]]+)|\[(?:"([^"]*)"|'([^']*)'|(\d+))\]/gy), (part) => {
    return { key: part[1] ?? part[2] ?? part[3] ?? part[4] ?? '', length: part[0].length };
  });
  const read = keys.reduce((sum, { length }) => sum + length, 0);
  if (read === path.length && read > 0) return keys.map(({ key }) => key);
  throw new Failure('PV3013', `\`${path}\` is not a path`, {
    help: "write it as in an expression: `has('guest.ssh.port')`",
  });
}

function textArgument(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && name !== 'has' && name !== 'get') return String(value);
  throw new Failure('PV3013', `\`${name}\` takes a text`, { help: `call it as \`${scopeFunctions[name]?.usage}\`` });
}

const crypts = new Map<string, string>();
const saltLetters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function crypt(password: string, name: string, secrets: Secrets): string {
  secrets.add(password);
  const key = JSON.stringify([password, name]);
  const salt = [...createHash('sha256').update(`provision ${name}`).digest().subarray(0, 16)];
  const letters = salt.map((byte) => saltLetters.charAt(byte % saltLetters.length)).join('');
  const crypted = crypts.get(key) ?? encrypt(password, `$6$${letters}`);
  crypts.set(key, crypted);
  secrets.add(crypted);
  return crypted;
}

/** What is made of a secret is one as a whole: its ends would tell of the secret's. */
function encoded(text: string, how: 'base64' | 'sha256', secrets: Secrets): string {
  const made =
    how === 'base64' ? Buffer.from(text).toString('base64') : createHash('sha256').update(text).digest('hex');
  if (secrets.holds(text)) secrets.addDerived(made);
  return made;
}

function fromEnvironment(name: string, environment: FunctionContext['environment']): string {
  const value = environment[name];
  if (value === undefined) {
    const help = `set it before provision is started: \`${name}=… provision …\``;
    throw new Failure('PV3013', `the environment has no \`${name}\``, { help });
  }
  return value;
}

function fromSecrets(name: string, secrets: Secrets): string {
  const value = secrets.named(name);
  if (value !== undefined) return value;
  throw new Failure('PV2201', `the secret \`${name}\` was not opened`, {
    help: `only secrets that \`!secret\` names are opened: \`name: !secret ${name}\` in variables, and \`name\` here`,
  });
}

function maskOf(prefix: unknown): number {
  const bits = typeof prefix === 'string' && /^\d+$/.test(prefix) ? Number(prefix) : prefix;
  if (typeof bits !== 'number' || !Number.isInteger(bits) || bits < 0 || bits > 32) {
    throw new Failure('PV3013', 'a prefix length is a whole number from 0 to 32');
  }
  return bits === 0 ? 0 : -1 << (32 - bits);
}

function addressOf(name: string, ip: unknown): number {
  const parts = typeof ip === 'string' && /^\d+(\.\d+){3}$/.test(ip) ? ip.split('.').map(Number) : [];
  if (parts.length !== 4 || parts.some((part) => part > 255)) {
    throw new Failure('PV3013', `\`${name}\` takes an IPv4 address: 192.168.101.1`);
  }
  return parts.reduce((sum, part) => (sum << 8) | part, 0);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

function indent(text: string, count: unknown): string {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
    throw new Failure('PV3013', '`indent` takes a number of blanks', { help: 'call it as `indent(text, 4)`' });
  }
  return text.replace(/\n(?=[^\n])/g, `\n${' '.repeat(count)}`);
}
