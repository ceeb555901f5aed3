import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import { type KnownHostsLine, matchesHost, parseKnownHosts } from './known-hosts-file.ts';

export interface KnownKey {
  /** `ssh-ed25519` */
  readonly algorithm: string;
  /** Base64, as it stands in the file. */
  readonly key: string;
  /** Where it stands: `inventory/known_hosts:3`. */
  readonly place: string;
}

export interface KnownKeys {
  readonly trusted: readonly KnownKey[];
  /** Must not be trusted, whatever else says so. */
  readonly revoked: readonly KnownKey[];
}

/** The keys by which hosts are known: the project's file by inventory name, the user's and the machine's by address. */
export class KnownHosts {
  /** Path of the project's own file. */
  readonly project: string;
  private readonly user: readonly string[];
  private readonly cache = new Map<string, { readonly text: string; readonly lines: readonly KnownHostsLine[] }>();

  constructor(files: { readonly project: string; readonly user: readonly string[] }) {
    this.project = files.project;
    this.user = files.user;
  }

  /** What the project has pinned for the name counts alone; without it, what is known for the address. */
  keysFor(name: string, host: string, port: number): KnownKeys {
    const address = port === 22 ? host : `[${host}]:${port}`;
    const pinned = this.find(this.project, name);
    const known = this.user.flatMap((file) => this.find(file, address));
    const trusted = pinned.some(isPlain) ? pinned : known;
    return {
      trusted: trusted.filter(isPlain).map(toKey),
      revoked: [...pinned, ...known].filter(({ line }) => line.marker === '@revoked').map(toKey),
    };
  }

  /** `ssh-ed25519 AAAA…` of each key that the project has pinned for the name. */
  pinned(name: string): readonly string[] {
    return this.find(this.project, name)
      .filter(isPlain)
      .map(({ line }) => `${line.algorithm} ${line.key}`);
  }

  /** Replaces what is pinned for the name; the file is never seen half written. Throws PV4016 where it cannot be. */
  pin(name: string, keys: readonly string[]): void {
    const others = parseKnownHosts(read(this.project)).flatMap((line) => without(line, name));
    const added = keys.map((key) => `${name} ${key.trim().split(/\s+/).slice(0, 2).join(' ')}`);
    const text = [...others, ...added].map((line) => `${line}\n`).join('');
    try {
      mkdirSync(dirname(this.project), { recursive: true });
      const temporary = `${this.project}.${process.pid}.tmp`;
      writeFileSync(temporary, text, { mode: 0o644 });
      renameSync(temporary, this.project);
    } catch (error) {
      throw unusable(this.project, 'written', error);
    }
  }

  private find(file: string, name: string): Found[] {
    return this.lines(file)
      .filter((line) => matchesHost(line, name))
      .map((line) => ({ file, line }));
  }

  private lines(file: string): readonly KnownHostsLine[] {
    const text = read(file);
    const cached = this.cache.get(file);
    if (cached?.text === text) return cached.lines;
    const lines = parseKnownHosts(text);
    this.cache.set(file, { text, lines });
    return lines;
  }
}

interface Found {
  readonly file: string;
  readonly line: KnownHostsLine;
}

function isPlain({ line }: Found): boolean {
  return line.marker === '' && line.key !== '';
}

function toKey({ file, line }: Found): KnownKey {
  return { algorithm: line.algorithm, key: line.key, place: `${file}:${line.number}` };
}

/** A line that names the host among others keeps the others. */
function without(line: KnownHostsLine, name: string): string[] {
  if (line.marker !== '' || !line.names.includes(name)) return [line.text];
  const names = line.names.filter((other) => other !== name);
  return names.length === 0 ? [] : [`${names.join(',')} ${line.algorithm} ${line.key}`];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw unusable(file, 'read', error);
  }
}

function unusable(file: string, what: 'read' | 'written', error: unknown): ProvisionError {
  return problem('PV4016', `${file} cannot be ${what}: ${(error as Error).message}`, {
    help: `without it nobody can tell who answers: ls -l ${file}`,
  });
}
