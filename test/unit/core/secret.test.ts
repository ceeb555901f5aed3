import { expect, test } from 'vitest';
import { Secrets } from '../../../src/core/secret.ts';

function knowing(...texts: readonly string[]): Secrets {
  const secrets = new Secrets();
  for (const text of texts) secrets.add(text);
  return secrets;
}

test.each([
  ['as it is', 'password is hunter2!', 'password is ********'],
  ['base64-encoded for transport', `payload ${Buffer.from('hunter2!').toString('base64')}`, 'payload ********'],
  ['twice', 'hunter2! hunter2!', '******** ********'],
  ['not at all', 'nothing to hide', 'nothing to hide'],
])('masks a secret %s', (_how, text, masked) => {
  expect(knowing('hunter2!').mask(text)).toBe(masked);
});

test('masks a secret in the forms that JSON and the shell give it', () => {
  const secrets = knowing(`it's "quoted"`);
  expect(secrets.mask(JSON.stringify({ password: `it's "quoted"` }))).toBe('{"password":"********"}');
  expect(secrets.mask(`echo 'it'\\''s "quoted"'`)).toBe(`echo '********'`);
});

test('masks the longer of two secrets of which one holds the other', () => {
  expect(knowing('hunter', 'hunter2!').mask('hunter2! hunter')).toBe('******** ********');
});

test('conceals a secret in a source text without moving anything', () => {
  const source = { name: 'hosts.yml', text: 'password: hunter2!\nport: 22\n' };
  const concealed = knowing('hunter2!').conceal(source);
  expect(concealed.text).toBe('password: ********\nport: 22\n');
  expect(concealed.text.length).toBe(source.text.length);
});
