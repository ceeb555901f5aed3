import { describe, expect, test } from 'vitest';
import { editLines, type LineEdit } from '../../../../src/modules/file/edit-lines.ts';

const present = (edit: Omit<LineEdit, 'state'>): LineEdit => ({ state: 'present', ...edit });
const absent = (edit: Omit<LineEdit, 'state'>): LineEdit => ({ state: 'absent', ...edit });

const cases: readonly (readonly [string, string, LineEdit, string])[] = [
  ['a line goes to the end', 'a\n', present({ line: 'b' }), 'a\nb\n'],
  ['a text that does not end its last line gets it ended', 'a', present({ line: 'b' }), 'a\nb\n'],
  ['an empty text becomes the line', '', present({ line: 'b' }), 'b\n'],
  ['a line that is there is left alone, with everything else', 'b\n\n\na', present({ line: 'b' }), 'b\n\n\na'],
  ['a match is replaced', 'x=1\ny=1\n', present({ line: 'x=2', match: /^x=/u }), 'x=2\ny=1\n'],
  ['of several matches the last is', 'x=1\nx=3\n', present({ line: 'x=2', match: /^x=/u }), 'x=1\nx=2\n'],
  ['a line that is there needs no match', 'x=2\nx=3\n', present({ line: 'x=2', match: /^x=/u }), 'x=2\nx=3\n'],
  ['the line goes after the last match', 'a\nb\na\nc\n', present({ line: 'x', insertAfter: /^a/u }), 'a\nb\na\nx\nc\n'],
  ['or before the first', 'c\na\na\n', present({ line: 'x', insertBefore: /^a/u }), 'c\nx\na\na\n'],
  ['or to the end, where nothing matches', 'c\n', present({ line: 'x', insertBefore: /^a/u }), 'c\nx\n'],
  ['every equal line goes', 'a\nb\na\n', absent({ line: 'a' }), 'b\n'],
  ['every match goes', 'a1\nb\na2\n', absent({ match: /^a/u }), 'b\n'],
  ['the last line goes', 'a\n', absent({ line: 'a' }), ''],
  ['nothing goes where nothing matches', 'a', absent({ line: 'b' }), 'a'],
  ['line breaks of Windows stay', 'a\r\nb\r\n', present({ line: 'c', insertAfter: /^a$/u }), 'a\r\nc\r\nb\r\n'],
];

describe('editing one line', () => {
  test.each(cases)('%s', (_title, text, edit, wanted) => {
    expect(editLines(text, edit)).toBe(wanted);
  });

  test.each(cases)('a second time changes nothing: %s', (_title, text, edit) => {
    const once = editLines(text, edit);
    expect(editLines(once, edit)).toBe(once);
  });
});
