import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMade } from '../../src/core/journal-line.ts';
import type { EarlierRun } from '../../src/engine/earlier-run.ts';
import { readEarlierRun } from '../../src/engine/earlier-run.ts';
import { Here, type HereOptions, type HereRun } from './run-here.ts';

const made: RunMade = { event: 'run.made', format: 1, words: [], withheld: [], answers: {}, files: {} };

/** Where journals and debts of a folder are, and what makes its runs such that they can be resumed. */
export function kept(folder: string): HereOptions {
  return { journalFolder: join(folder, 'runs'), debtFolder: join(folder, 'owed'), made };
}

/** The last run of a folder, as its journal has it. */
function lastRun(folder: string): EarlierRun {
  const last = readdirSync(join(folder, 'runs')).sort().at(-1) ?? '';
  return readEarlierRun(readFileSync(join(folder, 'runs', last), 'utf8'));
}

/** Goes on with the last run; what nobody has seen the end of runs again. */
export function resumed(folder: string): HereOptions {
  return { resumed: { earlier: lastRun(folder), asDone: new Set() } };
}

/** Runs `FOLDER/play.yml` on this machine with journal and debts, as `provision` does in a user's folder. */
export function runKept(folder: string, options: HereOptions = {}): Promise<HereRun> {
  const text = readFileSync(join(folder, 'play.yml'), 'utf8');
  return Here.at(folder).run(text, { ...kept(folder), ...options });
}

/** The handlers that wrote their name into `FOLDER/handlers`, in the order in which they ran. */
export function handlersIn(folder: string): readonly string[] {
  const path = join(folder, 'handlers');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

const [, script = '', folder] = process.argv;
if (script.endsWith('run-kept.ts') && folder !== undefined)
  process.exitCode = (await runKept(folder, { ask: async () => 'this' })).exit;
