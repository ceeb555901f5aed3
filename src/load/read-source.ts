import { readFileSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import type { Problems } from '../core/diagnostic.ts';
import type { SourceText } from '../core/source.ts';

/** The text of one of the user's files; what hinders reading it goes to `problems`, with `help`. */
export function readSource(file: string, problems: Problems, help?: string): SourceText | undefined {
  const cure = help ?? 'check the path and its permissions';
  try {
    return { name: file, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    problems.add('PV1008', `\`${file}\` ${reasonOf(error)}`, { help: cure });
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
