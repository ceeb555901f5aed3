import { createHmac, timingSafeEqual } from 'node:crypto';

/** One line of a known_hosts file as sshd(8) describes it; a comment or an empty line has no names. */
export interface KnownHostsLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly marker: '' | '@revoked' | '@cert-authority';
  /** Names, patterns, negated patterns or hashes. */
  readonly names: readonly string[];
  readonly algorithm: string;
  readonly key: string;
}

export function parseKnownHosts(text: string): KnownHostsLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(parseLine);
}

function parseLine(text: string, index: number): KnownHostsLine {
  const words = text.trim().split(/\s+/);
  const marker = words[0] === '@revoked' || words[0] === '@cert-authority' ? words[0] : '';
  if (marker !== '') words.shift();
  const [names = '', algorithm = '', key = ''] = words;
  const line = { number: index + 1, text: text.replace(/\r$/, ''), marker } as const;
  if (names === '' || names.startsWith('#') || key === '') return { ...line, names: [], algorithm: '', key: '' };
  return { ...line, names: names.split(','), algorithm, key };
}

/** `name` is a host, or `[host]:port` where the port is not 22. */
export function matchesHost({ names }: KnownHostsLine, name: string): boolean {
  const wanted = name.toLowerCase();
  const negated = names.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (negated.some((pattern) => matchesPattern(pattern, wanted))) return false;
  return names.some((pattern) =>
    pattern.startsWith('|1|') ? matchesHash(pattern, wanted) : matchesPattern(pattern, wanted),
  );
}

function matchesHash(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function matchesPattern(pattern: string, name: string): boolean {
  const lower = pattern.toLowerCase();
  if (!/[*?]/.test(lower)) return lower === name;
  const escaped = lower.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
