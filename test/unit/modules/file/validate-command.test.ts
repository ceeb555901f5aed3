import { expect, test } from 'vitest';
import { validationWords } from '../../../../src/modules/file/validate-command.ts';

test.each([
  ['visudo -cf %s', ['visudo', '-cf', '%s']],
  ['  sshd   -t -f %s  ', ['sshd', '-t', '-f', '%s']],
  [`sh -c 'test -s "$1"' sh "%s"`, ['sh', '-c', 'test -s "$1"', 'sh', '%s']],
  [`grep -q "a 'b' c" --file=%s`, ['grep', '-q', "a 'b' c", '--file=%s']],
])('%s', (command, words) => {
  expect(validationWords(command)).toEqual(words);
});

test('a quote that is not closed is told', () => {
  expect(() => validationWords("grep -q 'x %s")).toThrow('a quote of `validate` is not closed');
});
