import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';

const main = resolve('src/cli/main.ts');
const tsx = import.meta.resolve('tsx');

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's folder with these files in it, and provision run there from its sources. */
export function createFolder(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'provision-cli-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text.replaceAll('FOLDER', folder));
  }
  /** `stdout`: a file to print into; then the child has none to read. */
  const start = (argv: readonly string[], stdout: 'pipe' | number = 'pipe') =>
    spawn(process.execPath, ['--import', tsx, main, ...argv], {
      cwd: folder,
      stdio: ['ignore', stdout, 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined },
    }) as ChildProcessByStdio<null, Readable, Readable>;
  const provision = async (...argv: readonly string[]): Promise<Ended> => {
    const child = start(argv);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const exit = await new Promise<number | null>((settle) => child.on('close', settle));
    return { exit, stdout, stderr };
  };
  return { folder, start, provision, remove: () => rmSync(folder, { recursive: true }) };
}
