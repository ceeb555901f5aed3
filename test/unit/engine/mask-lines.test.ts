import { expect, test } from 'vitest';
import { Secrets } from '../../../src/core/secret.ts';
import { LineMasker } from '../../../src/engine/mask-lines.ts';

const secret = 'correct-horse-battery-staple';

function told(lines: readonly string[]): readonly string[] {
  const secrets = new Secrets();
  secrets.add(secret);
  const masker = new LineMasker(secrets);
  return lines.map((line) => masker.mask('alfa task', line));
}

test.each([
  ['in one line', [`a ${secret} b`], ['a ******** b']],
  ['over two lines', ['a correct-horse', '-battery-staple b'], ['a ********', '******** b']],
  [
    'over three, indented',
    ['a corre', '  ct-horse-battery', '  -staple b'],
    ['a ********', '  ********', '  ******** b'],
  ],
  ['not at all, after what looked like one', ['a correct', 'answer'], ['a ********', 'answer']],
  ['twice', [`${secret} corr`, `ect-horse-battery-staple ${secret}`], ['******** ********', '******** ********']],
  ['nowhere', ['nothing', 'to hide'], ['nothing', 'to hide']],
])('masks a secret that stands %s', (_where, lines, masked) => {
  expect(told(lines)).toEqual(masked);
});

test('voices do not go on in each other', () => {
  const secrets = new Secrets();
  secrets.add(secret);
  const masker = new LineMasker(secrets);
  expect([masker.mask('alfa task', 'corre'), masker.mask('bravo task', 'ct-horse')]).toEqual(['********', 'ct-horse']);
});
