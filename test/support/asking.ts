import { PassThrough } from 'node:stream';
import type { Asking } from '../../src/cli/ask.ts';

/** A terminal with somebody at it: types each answer when the screen ends with its question. */
export function answeringTerminal(answers: readonly (readonly [question: string, answer: string])[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  const open = [...answers];
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const [question, answer] = open[0] ?? [];
    if (question === undefined || !shown.endsWith(question)) return;
    open.shift();
    setImmediate(() => input.write(answer));
  });
  const asking: Asking = { input, output };
  return { asking, shown: () => shown };
}

/** Nobody there: a pipe. */
export function noTerminal(): Asking {
  return { input: new PassThrough(), output: new PassThrough() };
}
