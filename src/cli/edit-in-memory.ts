import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { problem } from '../core/diagnostic.ts';
import { createMemoryFolder } from './memory-folder.ts';

export interface Editing {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether the editor is to be opened once more, given what is wrong with the text. */
  readonly again: (mistakes: readonly string[]) => Promise<boolean>;
}

/**
 * Has a text edited until it can be read; it stands in memory only. `undefined`: it was given up.
 * @throws ProvisionError PV2206 where there is no place in memory, or no editor
 */
export async function editInMemory<T>(
  text: string,
  read: (edited: string) => T | readonly string[],
  { environment, again }: Editing,
): Promise<T | undefined> {
  const folder = createMemoryFolder();
  const file = join(folder.path, 'secrets.yml');
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    for (;;) {
      await openEditor(file, environment);
      const result = read(readFileSync(file, 'utf8'));
      if (!Array.isArray(result)) return result as T;
      if (!(await again(result))) return undefined;
    }
  } finally {
    folder.remove();
  }
}

/** Like git: a line for the shell. */
async function openEditor(file: string, environment: Editing['environment']): Promise<void> {
  const editor = environment.VISUAL || environment.EDITOR || 'vi';
  const command = `${editor}${discreet(editor)} "$1"`;
  const child = spawn('sh', ['-c', command, 'sh', file], { stdio: 'inherit' });
  // Ctrl-C is for the editor.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => process.off('SIGINT', ignore));
  if (exit === 0) return;
  throw problem('PV2206', `the editor \`${editor}\` ended with ${exit ?? 'a signal'}, and nothing was changed`, {
    help: 'EDITOR names another one',
  });
}

/** Vim would keep copies, undo steps and registers in files of its own. */
function discreet(editor: string): string {
  const isVim = ['vim', 'nvim'].includes(basename(editor.split(' ')[0] ?? ''));
  return isVim ? ` -n -i NONE --cmd 'set nobackup nowritebackup noundofile'` : '';
}
