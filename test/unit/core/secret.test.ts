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

const awkward = `it's "a" <b> & $c\\d/é%`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: awkward })), /^"\{\\"a\\":\\"\*{8}\\"\}"$/],
  ['in JSON of nothing but ASCII', JSON.stringify(awkward).replaceAll('é', '\\u00e9'), /^"\*{8}"$/],
  ['in single quotes of a shell', `'${awkward.replaceAll("'", `'\\''`)}'`, /^'\*{8}'$/],
  ['in single quotes of a shell, by double ones', `'${awkward.replaceAll("'", `'"'"'`)}'`, /^'\*{8}'$/],
  ['in double quotes of a shell', `"${awkward.replace(/["$`\\]/g, '\\$&')}"`, /^"\*{8}"$/],
  ['in YAML', `'${awkward.replaceAll("'", "''")}'`, /^'\*{8}'$/],
  ['in a URL', `https://x/?p=${encodeURIComponent(awkward)}&q`, /^https:\/\/x\/\?p=\*{8}&q$/],
  ['in a form', `${new URLSearchParams({ p: awkward })}`, /^p=\*{8}$/],
  ['in base64 of a longer text', base64(`user:${awkward}@host`), /^dXNlcj.?\*{8}.{0,2}Bob3N0$/],
  ['in base64 for URLs', Buffer.from(`{"p":"${awkward}"}`).toString('base64url'), /^eyJwIjoi\*{8}.{0,2}ifQ$/],
  ['in hex', Buffer.from(awkward).toString('hex'), /^\*{8}$/],
  ['broken over lines', `${awkward.slice(0, 9)}\n${awkward.slice(9)}`, /^\*{8}\n\*{8}$/],
  ['broken as Windows does', `${awkward.slice(0, 9)}\r\n    ${awkward.slice(9)}`, /^\*{8}\r\n {4}\*{8}$/],
  ['in base64 over lines', base64(awkward).replace(/.{8}/g, '$&\n'), /^(\*{8}\n)+[^\n]{0,4}$/],
])('masks a secret %s', (_how, text, masked) => {
  expect(knowing(awkward).mask(text)).toMatch(masked);
});

test('a broken secret leaves the lines that it was broken over', () => {
  expect(knowing('correct-horse-battery').mask('a correct-ho\n  rse-battery b\nc')).toBe('a ********\n  ******** b\nc');
});

test.each([
  ['--password=hunter2!', true],
  ['prefix-hunter2!-suffix', true],
  ['pin', true],
  ['--pin=pin', true],
  ['spinning', false],
  ['nothing', false],
])('%j among arguments gives a secret away: %s', (word, exposed) => {
  const secrets = knowing('hunter2!');
  secrets.learn('pin', 'pin');
  expect(secrets.isExposedBy(word)).toBe(exposed);
});

test('a secret that goes by a name is known by it, and hidden like any other', () => {
  const secrets = knowing();
  secrets.learn('db', 'hunter2');
  expect([secrets.named('db'), secrets.named('other'), secrets.mask('hunter2')]).toEqual([
    'hunter2',
    undefined,
    '********',
  ]);
});
