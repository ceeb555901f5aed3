import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Here, type HereRun } from './run-here.ts';

/** Runs `FOLDER/play.yml` on this machine with journal and debts, as `provision` does in a user's folder. */
export function runKept(folder: string): Promise<HereRun> {
  const text = readFileSync(join(folder, 'play.yml'), 'utf8');
  return Here.at(folder).run(text, { journalFolder: join(folder, 'runs'), debtFolder: join(folder, 'owed') });
}

const [, script = '', folder] = process.argv;
if (script.endsWith('run-kept.ts') && folder !== undefined) process.exitCode = (await runKept(folder)).exit;
