import { PassThrough } from 'node:stream';

const esc = String.fromCharCode(27);
const token = new RegExp(`${esc}\\[(\\??\\d*(?:;\\d+)*)([A-Za-z])|(\\n)|([^${esc}\\n]+)`, 'g');

/** What stands on a terminal after `written`: knows the few control sequences of a list that redraws itself. */
function onScreen(written: string): string {
  const lines = [''];
  let row = 0;
  let column = 0;
  for (const [, count, command, lineBreak, text] of written.matchAll(token)) {
    if (text !== undefined) {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + text + line.slice(column + text.length);
      column += text.length;
    } else if (lineBreak) {
      row++;
      column = 0;
      lines[row] ??= '';
    } else if (command === 'A') row = Math.max(0, row - Number(count || 1));
    else if (command === 'G') column = 0;
    else if (command === 'K') lines[row] = '';
  }
  return lines.join('\n');
}

/** Streams that behave like a terminal, and what can be read on it. */
export function createTerminal() {
  let written = '';
  const stream = (): PassThrough => {
    const output = new PassThrough();
    output.write = (chunk: string | Uint8Array): boolean => {
      written += String(chunk);
      return true;
    };
    return output;
  };
  const streams = { stdout: stream(), stderr: stream() } as unknown as Pick<NodeJS.Process, 'stdout' | 'stderr'>;
  return { streams, shown: () => onScreen(written) };
}
