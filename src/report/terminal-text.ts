const sequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]?/g;

/** C0 and C1 but tab and line feed, and the marks that turn the direction of text, which can make it lie. */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from a host made fit for a screen: no control sequences; of a line that overwrites itself its last form. */
export function stripControls(text: string): string {
  return text
    .replace(sequences, '')
    .split('\n')
    .map((line) => (line.replace(/\r+$/, '').split('\r').at(-1) ?? '').replace(unprintable, ''))
    .join('\n');
}

/** A line with a mark for everything that cannot be seen, so that two lines that differ look different. */
export function markControls(line: string): string {
  return line.replace(unprintable, '\ufffd');
}

/** A line of a user's file: tabs become four spaces at most, what cannot be seen becomes one mark a unit. */
export function showLine(line: string): string {
  const expanded = line
    .replace(/\r$/, '')
    .split('\t')
    .reduce((before, after) => `${before}${' '.repeat(4 - (displayWidth(before) % 4))}${after}`);
  return markControls(expanded);
}

let segmenter: Intl.Segmenter | undefined;

/** One plain letter, or a piece that has others and is short enough to be segmented: that takes the square of its length. */
const pieces = /[ -~](?![^ -~])|[ -~]?[^ -~]{1,200}/gu;

/** What takes one place on a screen each. The segmenter's tables take long to load, and plain ASCII needs none. */
function* graphemesOf(text: string): Generator<string> {
  for (const [piece] of text.matchAll(pieces)) {
    if (piece.length > 1) {
      segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
      for (const { segment } of segmenter.segment(piece)) yield segment;
    } else yield piece;
  }
}

/** Han, Kana, Hangul, full-width forms and emoji take two columns. */
const wide =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])|\ufe0f/u;

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mark}\p{Format}]/u.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const segment of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The columns `from` to `from + width` of a line, with `…` where something was cut off. */
export function cutLine(line: string, width: number, from = 0): string {
  const whole = displayWidth(line);
  const until = from + width;
  let column = 0;
  let shown = from > 0 ? '…' : '';
  for (const segment of graphemesOf(line)) {
    const next = column + graphemeWidth(segment);
    const first = from > 0 ? from + 1 : 0;
    const last = whole > until ? until - 1 : until;
    if (column >= first && next <= last) shown += segment;
    else if (next > first && column < last) shown += ' ';
    column = next;
  }
  return whole > until ? `${shown}…` : shown;
}

/** Breaks a text at spaces so that no line is wider than `width`; what has no spaces is broken anywhere. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ').flatMap((item) => breakWord(item, width))) {
    if (current !== '' && displayWidth(`${current} ${word}`) > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

function breakWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const broken = [''];
  let column = 0;
  for (const segment of graphemesOf(word)) {
    column += graphemeWidth(segment);
    if (broken.at(-1) !== '' && column > width) {
      broken.push('');
      column = graphemeWidth(segment);
    }
    broken[broken.length - 1] += segment;
  }
  return broken;
}
