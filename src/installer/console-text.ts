const esc = '\u001b';

/** Control sequences of terminals, as regular expressions without the leading escape character. */
const sequence = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007${esc}]*(?:\\u0007|${esc}\\\\)|[ -/]+[0-~]|[0-~])`,
  'g',
);
const cursorDown = new RegExp(`${esc}\\[\\d*B`, 'g');
const unfinishedSequence = new RegExp(`${esc}(?:\\[[0-?]*[ -/]*|\\][^\\u0007${esc}]*|[ -/]*)$`);

/** Debian's installer runs inside screen(1), whose top line is drawn again every minute: windows, date and time. */
const statusLine = /\[ +[^[\]\n]*\]\[ [A-Z][a-z]{2} [ \d]\d +\d?\d:\d\d \]/g;
const unfinishedStatusLine = /\[(?: +[^[\]\n]*(?:\](?:\[[^[\]\n]*)?)?)?$/;
const statusLineLength = 200;

/** What a piece of console output shows, and what of it can only be understood with the next piece. */
export interface ConsoleText {
  readonly shown: string;
  readonly rest: string;
}

/**
 * Plain text of what a serial console wrote: no control sequences, no status line, moves to another row as line
 * breaks. The result does not depend on where the output was cut into pieces, as long as `rest` leads the next one.
 */
export function plainText(output: string): ConsoleText {
  const tail = (unfinishedSequence.exec(output) ?? /\r+$/.exec(output))?.[0] ?? '';
  const complete = output.slice(0, output.length - tail.length);
  const plain = complete
    .replace(/\r+\n|\r+/g, '\n')
    .replace(cursorDown, '\n')
    .replace(sequence, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replace(statusLine, '');
  const held = unfinishedStatusLine.exec(plain)?.[0] ?? '';
  const keep = held.length < statusLineLength ? held.length : 0;
  return { shown: plain.slice(0, plain.length - keep), rest: held.slice(held.length - keep) + tail };
}
