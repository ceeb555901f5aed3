import { createHash } from 'node:crypto';
import type { JournalLine } from '../core/journal-line.ts';
import type { SourceText } from '../core/source.ts';

export function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Keeps what each template was when it was first rendered. */
export function templateKeeper(note: (line: JournalLine) => void): (source: SourceText) => void {
  const kept = new Set<string>();
  return ({ name, text }) => {
    if (kept.has(name)) return;
    kept.add(name);
    note({ event: 'file.read', file: name, sha256: digestOfText(text) });
  };
}
