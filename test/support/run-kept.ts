import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMade } from '../../src/core/journal-line.ts';
import { readEarlierRun } from '../../src/engine/earlier-run.ts';
import { Here, type HereOptions, type HereRun } from './run-here.ts';

const made: RunMade = { event: 'run.made', format: 1, words: [], withheld: [], answers: {}, files: {} };

/** Where journals and debts of a folder are, and what makes its runs such that they can be resumed. */
export function kept(folder: string): HereOptions {
  return { journalFolder: join(folder, 'runs'), debtFolder: join(folder, 'owed'), made };
}

/** Names of the journals of a folder, the last one last. */
export function journalsOf(folder: string): readonly string[] {
  return readdirSync(join(folder, 'runs')).sort();
}

/** Goes on with the last run; what nobody has seen the end of runs again. */
export function resumed(folder: string): HereOptions {
  const read = (name: string): string => readFileSync(join(folder, 'runs', name), 'utf8');
  const earlier = readEarlierRun(read(journalsOf(folder).at(-1) ?? ''), (run) => read(`${run}.ndjson`));
  return { resumed: { earlier, asDone: new Set() }, made: { ...made, resumes: earlier.id } };
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
