import { problem } from '../../core/diagnostic.ts';

/** One key of an authorized_keys file. */
export interface PublicKey {
  /** The line as it stands, without its line break. */
  readonly line: string;
  /** Type and key without options and comment: what makes it the key it is. */
  readonly id: string;
  /** `from="10.0.0.0/8",no-pty`. */
  readonly options: string;
}

const types = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);

/** `undefined` for a blank line, a comment, or what is no key that we understand. */
export function parseKey(line: string): PublicKey | undefined {
  if (line.trimStart().startsWith('#')) return undefined;
  const words = wordsOf(line.trim());
  const at = words.findIndex((word) => types.has(word));
  const [type, blob] = words.slice(at);
  if (at < 0 || at > 1 || type === undefined || blob === undefined || !isWhole(type, blob)) return undefined;
  return { line: line.trim(), id: `${type} ${blob}`, options: at === 1 ? (words[0] ?? '') : '' };
}

/** Options may hold blanks within quotes. */
function wordsOf(line: string): string[] {
  return line.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
}

/** The key begins with the length and the name of its type. */
function isWhole(type: string, blob: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob) || blob.length % 4 !== 0) return false;
  const bytes = Buffer.from(blob, 'base64');
  let offset = 0;
  let fields = 0;
  while (offset + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    if (fields === 0 && bytes.subarray(4, 4 + length).toString('latin1') !== type) return false;
    offset += 4 + length;
    fields += 1;
  }
  return offset === bytes.length && fields > 1;
}

/** The keys of a text, a line each. Throws for what is no public key, without repeating it: it may be a private one. */
export function parseKeys(text: string, argument: readonly (string | number)[]): PublicKey[] {
  if (/-----BEGIN/.test(text)) {
    throw problem('PV5114', 'this is a private key', {
      argument,
      help: 'authorized_keys takes the line of the .pub file',
    });
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (lines.length === 0) throw problem('PV5114', 'there is no key in this text', { argument });
  return lines.map((line) => {
    const key = parseKey(line);
    if (key) return key;
    throw problem('PV5114', 'this is not a public key, or not a whole one', {
      argument,
      help: 'a line is: options (if any), a type such as ssh-ed25519, the key, a comment',
    });
  });
}
