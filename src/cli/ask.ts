import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Interrupted } from './failure.ts';

/** Where questions are asked: standard input and standard error, so that standard output stays what it was asked for. */
export interface Asking {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Node makes its stream of standard input when that is first looked at, and few runs ask anything. */
export function terminalAsking(): Asking {
  return {
    get input() {
      return process.stdin;
    },
    output: process.stderr,
  };
}

export function canAsk(asking: Asking): boolean {
  return asking.output.isTTY === true && asking.input.isTTY === true;
}

/**
 * Asks on the terminal; `hidden` does not show what is typed. The end of input counts as an empty answer.
 * @throws Interrupted on Ctrl-C
 */
export function ask(question: string, { input, output }: Asking, hidden = false): Promise<string> {
  output.write(question);
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!hidden) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  // readline draws the line anew at every key; it has to know what stands before it
  lines.setPrompt(hidden ? '' : question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(line));
    lines.once('SIGINT', () => reject(new Interrupted()));
    lines.once('close', () => resolve(''));
  }).finally(() => {
    lines.close();
    if (hidden) output.write('\n');
  }) as Promise<string>;
}
