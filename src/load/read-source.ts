import { readFileSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import type { Problems } from '../core/diagnostic.ts';
import type { SourceText, Span } from '../core/source.ts';

interface Asked {
  /** Where one of the user's files asks for this one. */
  readonly at?: Span | undefined;
  readonly help?: string;
}

/** The text of one of the user's files; what hinders reading it goes to `problems`. */
export function readSource(file: string, problems: Problems, asked: Asked = {}): SourceText | undefined {
  const { at, help = 'check the path and its permissions' } = asked;
  try {
    return { name: file, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    problems.add('PV1008', `\`${file}\` ${reasonOf(error)}`, { ...(at && { at }), help });
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return reasons[code] ?? `could not be read (${code || String(error)})`;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by you',
  EISDIR: 'is a folder, not a file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8 text',
};
