import { describe, expect, it } from 'vitest';
import { diffText } from '../../../src/report/diff-text.ts';

const plain = { colour: false };

describe('a difference', () => {
  it('is a unified diff with three lines around', () => {
    const before = 'a\nb\nc\nd\ne\nf\n';
    expect(diffText({ title: 'write /etc/x', before, after: before.replace('e', 'E') }, plain)).toBe(
      ['diff: write /etc/x', '@@ -2,5 +2,5 @@', ' b', ' c', ' d', '-e', '+E', ' f'].join('\n'),
    );
  });

  it('of a file that is not there yet is all additions', () => {
    expect(diffText({ title: 't', after: 'a\nb\n' }, plain)).toBe('diff: t\n@@ -0,0 +1,2 @@\n+a\n+b');
  });

  it('of a file that goes away is all removals', () => {
    expect(diffText({ title: 't', before: 'a\n' }, plain)).toBe('diff: t\n@@ -1,1 +0,0 @@\n-a');
  });

  it('tells a missing line break at the end', () => {
    expect(diffText({ title: 't', before: 'a', after: 'a\n' }, plain)).toContain('No newline at end of file');
  });

  it('makes visible what cannot be seen', () => {
    expect(diffText({ title: 't', before: 'a\n', after: '\u001b[2Ja\r\n' }, plain)).toContain('+\ufffd[2Ja\ufffd');
  });

  it('is nothing where nothing differs', () =>
    expect(diffText({ title: 't', before: 'a', after: 'a' }, plain)).toBe(''));

  it('is coloured when asked for', () => {
    expect(diffText({ title: 't', before: 'a\n', after: 'b\n' }, { colour: true })).toContain('\u001b[32m+b\u001b[39m');
  });
});
