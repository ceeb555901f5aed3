import { readFile } from 'node:fs/promises';

/** The end of a log, indented, for the message about why something failed. */
export async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-20).join('\n').replaceAll(/^/gm, '    ');
}
