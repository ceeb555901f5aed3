import { createHash } from 'node:crypto';
import type { Entry } from './entry.ts';

/** Longer texts are shown by their digests. */
export const shownBytes = 64 * 1024;

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Text for `--diff`; for what is long or no text, one line that tells the two apart. */
export function textDifference(entry: Entry | undefined, content: string): { before?: string; after: string } {
  const present = entry?.stat;
  const bytes = Buffer.byteLength(content);
  const readable = !present || (entry.text !== undefined && isText(entry.text));
  if (readable && isText(content) && bytes <= shownBytes) {
    return { ...(entry?.text !== undefined && { before: entry.text }), after: content };
  }
  return {
    ...(present && { before: digestLine(present.size, entry?.digest ?? 'unknown') }),
    after: digestLine(bytes, sha256(content)),
  };
}

/** U+FFFD is what bytes become that are not UTF-8. */
export function isText(text: string): boolean {
  return !text.includes('\0') && !text.includes('\uFFFD');
}

function digestLine(bytes: number, digest: string): string {
  return `${bytes} bytes, sha256 ${digest}\n`;
}
