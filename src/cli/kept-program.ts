import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { verbs } from './verbs.ts';

/**
 * Stands for `program.ts` once that is built: the same functions, from a file that V8 need not compile anew each time.
 * What it made of the parts that a verb uses is kept beside the file, as Python keeps its bytecode; where it cannot be
 * kept or does not fit this V8, everything is compiled as ever.
 */
type Program = typeof import('./program.ts');

/** The built program, beside this file. Its name changes with its content, or what is kept would be of another. */
declare const programFile: string;

let loaded: Program | undefined;

export async function runVerb(argv: readonly string[]): Promise<number> {
  const [first] = argv;
  const { program, keep } = load(verbs.some(({ name }) => name === first) ? String(first) : 'run');
  loaded = program;
  const exit = await program.runVerb(argv);
  keep();
  return exit;
}

export const printFailure: Program['printFailure'] = (...failure) =>
  (loaded ?? load('run').program).printFailure(...failure);

export const printUnwritten: Program['printUnwritten'] = (...loss) =>
  (loaded ?? load('run').program).printUnwritten(...loss);

function load(verb: string): { readonly program: Program; keep(): void } {
  const path = `${__dirname}/${programFile}`;
  const kept = `${path.slice(0, -'.js'.length)}.${verb}.v8`;
  const cachedData = readKept(kept);
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: pathToFileURL(path).href,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });
  const found = { exports: {} as Program };
  script.runInThisContext()(found, require, pathToFileURL(path).href, __dirname);
  const fits = script.cachedDataRejected === false;
  return {
    program: found.exports,
    keep: () => {
      if (!fits) write(kept, script.createCachedData());
    },
  };
}

function readKept(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all: several runs may end at once. */
function write(file: string, data: Buffer): void {
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, data, { flag: 'wx', flush: true });
    renameSync(own, file);
  } catch {
    // Most often the folder is not ours to write to.
    rmSync(own, { force: true });
  }
}
