import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSecretName, Secrets } from '../../../src/core/secret.ts';

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

test('conceals the longer of two secrets of which one begins the other', () => {
  const source = { name: 'hosts.yml', text: 'hunter hunter2!' };
  expect(knowing('hunter', 'hunter2!').conceal(source).text).toBe('****** ********');
});

test('masks a secret in the forms that XML and a URL give it', () => {
  const secrets = knowing(`a<b & "c"`);
  expect(secrets.mask(`<graphics passwd="a&lt;b &amp; &quot;c&quot;"/>`)).toBe('<graphics passwd="********"/>');
  expect(secrets.mask('https://me:a%3Cb%20%26%20%22c%22@mirror.example.org')).toBe(
    'https://me:********@mirror.example.org',
  );
});

test('masks the lines of a secret that is a whole file, for output is told line by line', () => {
  const secrets = knowing('-----BEGIN KEY-----\nc2VjcmV0IGtleQ==\n-----END KEY-----\n');
  expect(secrets.mask('  c2VjcmV0IGtleQ==')).toBe('  ********');
});

test.each([
  ['ssh_password', true],
  ['ldap_bind_passwd', true],
  ['api_token', true],
  ['password_file', false],
  ['compass', false],
])('%s is the name of a secret: %s', (name, secret) => {
  expect(isSecretName(name)).toBe(secret);
});

test('a text among many secrets is looked through for each of them', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '=', '\u00e4', '\ud83d'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), fc.array(word), (secrets, words) => {
      const text = words.join('');
      const known = secrets.filter((secret) => secret.length >= 3);
      const held = known.some((secret) => text.includes(secret));
      const masked = knowing(...secrets).mask(text);
      if (held) expect(masked).not.toBe(text);
      expect(known.filter((secret) => masked.includes(secret))).toEqual([]);
    }),
  );
});
