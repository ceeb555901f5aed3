import { expect, test } from 'vitest';
import { Secrets } from '../../../src/core/secret.ts';
import { maskDifference } from '../../../src/engine/mask-difference.ts';

const secrets = new Secrets();
secrets.add('new word');

function masked(before: string | undefined, after: string): readonly (string | undefined)[] {
  const found = maskDifference({ title: 'write new word', ...(before !== undefined && { before }), after }, secrets);
  expect(found.title).toBe('write ********');
  return [found.before, found.after];
}

test.each([
  ['a new file', undefined, 'pw = new word\n', undefined, 'pw = ********\n'],
  [
    'a secret that was another',
    'a\npw = old\nb\n',
    'a\npw = new word\nc\n',
    'a\npw = ******** (before)\nb\n',
    'a\npw = ********\nc\n',
  ],
  [
    'the rest of the line that changed too',
    'pw = old # 1\n',
    'pw = new word # 2\n',
    'pw = ******** (before)\n',
    'pw = ******** # 2\n',
  ],
  ['a file that is nothing but a secret', 'old', 'new word', '******** (before)', '********'],
  ['a secret that stays', 'pw = new word\nx\n', 'pw = new word\ny\n', 'pw = ********\nx\n', 'pw = ********\ny\n'],
  ['nothing secret', 'pw = old\n', 'pw = none\n', 'pw = old\n', 'pw = none\n'],
])('%s', (_title, before, after, shownBefore, shownAfter) => {
  expect(masked(before, after)).toEqual([shownBefore, shownAfter]);
});
