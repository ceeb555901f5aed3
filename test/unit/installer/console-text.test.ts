import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../../src/installer/console-text.ts';

/** Feeds `output` in pieces of the lengths given, over and over. */
function inPieces(output: string, lengths: readonly number[]): string {
  let rest = '';
  let shown = '';
  for (let at = 0, turn = 0; at < output.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    const text = plainText(rest + output.slice(at, at + length));
    shown += text.shown;
    rest = text.rest;
    at += length;
  }
  return shown;
}

describe('plain text of a serial console', () => {
  it.each([
    ['drops colours and cursor positions', '\u001b[32m\u001b[40mgreen\u001b[0m\u001b[8;58H text\n', 'green text\n'],
    ['drops character sets and keypad modes', '\u001b(B\u001b=plain\u001b>\n', 'plain\n'],
    ['drops a window title', '\u001b]0;root@everest\u0007$ ls\n', '$ ls\n'],
    ['takes a carriage return and line feed as one line break', 'one\r\ntwo\r\r\n', 'one\ntwo\n'],
    ['starts a line where the cursor goes down', 'one\u001b[22A\u001b[M\u001b[22Btwo\n', 'one\ntwo\n'],
    [
      'drops the status line of screen with its clock',
      '75%\u001b[H\u001b[32m[           \u001b[31m (1*installer)\u001b[37m  2 shell  4- log         \u001b[32m][\u001b[34m Nov 21 21:53 ]\u001b[8;58H... 100%\n',
      '75%... 100%\n',
    ],
    [
      'keeps brackets that are no status line',
      '[    0.044] tsc: [vda] 8388608 blocks [Press enter]\n',
      '[    0.044] tsc: [vda] 8388608 blocks [Press enter]\n',
    ],
  ])('%s', (_, output, shown) => {
    expect(plainText(output)).toEqual({ shown, rest: '' });
  });

  it('shows a line that is not ended yet', () => {
    expect(plainText('Installing the base system  ... 3%').shown).toBe('Installing the base system  ... 3%');
  });

  it.each(['debian-installed', 'debian-wrong-mirror'])('is the same for %s, wherever it is cut', (name) => {
    const output = readFileSync(new URL(`../../installer/${name}.txt`, import.meta.url), 'utf8');
    const whole = plainText(output).shown;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }), (lengths) => {
        expect(inPieces(output, lengths)).toBe(whole);
      }),
      { numRuns: 40 },
    );
  });
});
