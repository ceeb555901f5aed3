import { type PublicKey, parseKey } from './public-key.ts';

export interface KeyEdit {
  readonly wanted: readonly PublicKey[];
  readonly present: boolean;
  /** No other key; comments and blank lines stay. */
  readonly exclusive: boolean;
}

/** The text of an authorized_keys file with the keys in it, or without them; each key once. */
export function editKeys(text: string, { wanted, present, exclusive }: KeyEdit): string {
  const open = new Map(wanted.map((key) => [key.id, key]));
  const edited: string[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    const key = parseKey(line);
    const asked = key && open.get(key.id);
    if (!key) {
      if (!exclusive || line.trim() === '' || line.trim().startsWith('#')) edited.push(line);
    } else if (asked && present && !seen.has(key.id)) edited.push(keep(line, key, asked));
    else if (!asked && !exclusive) edited.push(line);
    if (asked) seen.add(key.id);
  }
  const missing = present ? [...open.values()].filter((key) => !seen.has(key.id)).map((key) => key.line) : [];
  const body = edited.join('\n').replace(/\n$/, '');
  const lines = [...(body === '' ? [] : [body]), ...missing];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A key that is there stays as it is, unless other options are asked for: taking a restriction away needs a word. */
function keep(line: string, present: PublicKey, asked: PublicKey): string {
  return asked.options === '' || asked.options === present.options ? line : asked.line;
}
