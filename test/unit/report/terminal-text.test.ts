import { describe, expect, it } from 'vitest';
import { cutLine, displayWidth, showLine, stripControls, wrapText } from '../../../src/report/terminal-text.ts';

describe('text from a host', () => {
  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['window titles', '\u001b]0;title\u0007text\u001b]2;x\u001b\\', 'text'],
    ['device strings', '\u001bPq#0\u001b\\a', 'a'],
    ['character sets and keypad modes', '\u001b(Ba\u001b=b\u001b>', 'ab'],
    ['one-byte sequences', '\u009b31ma', 'a'],
    ['a sequence that was cut off', 'a\u001b', 'a'],
    ['bells and backspaces', 'a\u0007b\u0008c', 'abc'],
    ['marks that turn the direction of text', 'a\u202eb\u2066c', 'abc'],
    ['all but the last form of a line that overwrites itself', '10 %\r50 %\r100 %\r\ndone', '100 %\ndone'],
  ])('loses %s', (_what, text, expected) => expect(stripControls(text)).toBe(expected));

  it('keeps line breaks, tabs and every script', () => {
    expect(stripControls('a\tb\nжизнь 生活')).toBe('a\tb\nжизнь 生活');
  });
});

describe('columns', () => {
  it.each([
    ['abc', 3],
    ['生活', 4],
    ['ｆｕｌｌ', 8],
    ['한국', 4],
    ['🚀', 2],
    ['e\u0301', 1],
    ['', 0],
  ])('%s takes %i', (text, width) => expect(displayWidth(text)).toBe(width));

  it('of a tab reach to the next fourth', () => expect(showLine('a\tbcd\te')).toBe('a   bcd e'));
});

describe('a line that is too long', () => {
  it.each([
    ['keeps its beginning', 'abcdefgh', 5, 0, 'abcd…'],
    ['keeps its middle', 'abcdefgh', 4, 2, '…de…'],
    ['keeps its end', 'abcdefgh', 4, 4, '…fgh'],
    ['is whole when it just fits', 'abcd', 4, 0, 'abcd'],
    ['does not show half of a wide mark', '生活生活', 4, 0, '生 …'],
  ])('%s', (_what, line, width, from, expected) => {
    const cut = cutLine(line, width, from);
    expect(cut).toBe(expected);
    expect(displayWidth(cut)).toBeLessThanOrEqual(width);
  });
});

describe('a line of half a million letters', () => {
  // Segmented as a whole, each of them would take minutes.
  it.each([
    ['x', 'xxx…'],
    ['é', 'ééé…'],
    ['生', '生 …'],
  ])('of %s is cut', (letter, expected) => {
    const line = letter.repeat(500_000);
    expect(cutLine(line, 4)).toBe(expected);
    expect(wrapText(line.slice(0, 50_000), 25_000).join('')).toBe(line.slice(0, 50_000));
  });
});

describe('wrapping', () => {
  it('breaks at spaces', () => expect(wrapText('one two three', 8)).toEqual(['one two', 'three']));
  it('breaks a word that is wider than the screen', () =>
    expect(wrapText('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']));
  it('keeps the breaks there are', () => expect(wrapText('a\nb', 8)).toEqual(['a', 'b']));
  it('breaks nothing without a width', () => {
    expect(wrapText('x '.repeat(500), Number.POSITIVE_INFINITY)).toHaveLength(1);
  });
});
