#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { ownVersion } from './version.ts';

/** `provision PLAYBOOK…` is `provision run PLAYBOOK…`; everything else is loaded once it is known what is wanted. */
async function main(argv: readonly string[]): Promise<number> {
  const [first, second] = argv;
  if (first === '--version' || first === 'version') return printVersion();
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { isVerb, printHelp } = await import('./help.ts');
    if (first !== 'help' || second === undefined || second === 'help') return printHelp();
    return runVerb(isVerb(second) ? [second, '--help'] : argv);
  }
  return runVerb(argv);
}

async function runVerb(argv: readonly string[]): Promise<number> {
  runLean();
  return (await program()).runVerb(argv);
}

/** Where the build put the program; not defined where it runs from its sources. */
declare const programFile: string | undefined;

/** All but what is answered here. */
function program() {
  return typeof programFile === 'string' ? import('./kept-program.ts') : import('./program.ts');
}

/**
 * V8 spends its time and memory as for a server that runs for days. A run takes seconds: most of what it would compile a
 * second time, better, is not used long enough to gain from it, and garbage is to go before the heap grows.
 */
function runLean(): void {
  setFlagsFromString('--interrupt-budget=1000000');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=60');
}

function printVersion(): number {
  process.stdout.write(`${ownVersion()}\n`);
  return 0;
}

/** Until it is told that not all that was printed could be written. */
let unwritten: Promise<void> | undefined;

/** A reader that went away (`| head`) or a full disk ends the printing, never a run: a half-installed guest helps nobody. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const lose = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') unwritten ??= tellUnwritten(error);
    };
    const write = stream.write.bind(stream) as (...words: unknown[]) => boolean;
    // Where it is a file, it throws instead of telling by its event.
    stream.write = (...words: unknown[]) => {
      try {
        return write(...words);
      } catch (error) {
        lose(error as Error);
        stream.destroy();
        return false;
      }
    };
    stream.on('error', lose);
  }
}

async function tellUnwritten(error: Error): Promise<void> {
  const { printUnwritten } = await program();
  printUnwritten(error, (text) => writeSync(2, text));
}

/** What is still on its way to a pipe is written before the process ends. */
function leave(exit: number): void {
  process.stdout.write('', () => process.stderr.write('', () => void end(exit)));
}

/** As `EX_IOERR` of sysexits.h. */
const exitUnwritten = 74;

async function end(exit: number): Promise<void> {
  // A stream tells of an error after it has called back.
  await new Promise(setImmediate);
  await unwritten;
  process.exit(exit === 0 && unwritten !== undefined ? exitUnwritten : exit);
}

async function fail(error: unknown): Promise<void> {
  const { printFailure } = await program();
  leave(printFailure(error));
}

/** A tree on the screen holds back what is written to the streams, so this goes around them. */
async function failAtOnce(error: unknown): Promise<void> {
  const { printFailure } = await program();
  leave(printFailure(error, (text) => writeSync(2, text)));
}

outliveReaders();
process.on('uncaughtException', (error) => void failAtOnce(error));
main(process.argv.slice(2)).then(leave, fail);
