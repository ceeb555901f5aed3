import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseKey, parseKeys } from '../../../../src/modules/ssh/public-key.ts';

const line = readFileSync(new URL('../../../fixtures/ed25519.pub', import.meta.url), 'utf8').trim();
const [type = '', blob = ''] = line.split(' ');

describe('a line of authorized_keys', () => {
  test.each([
    ['a bare key', `${type} ${blob}`, ''],
    ['a key with a comment of several words', `${type} ${blob} tuna at the desk`, ''],
    ['a key with options', `no-pty,from="10.0.0.0/8" ${type} ${blob} tuna`, 'no-pty,from="10.0.0.0/8"'],
    [
      'options with blanks and quotes',
      `command="echo \\"a b\\" c",no-pty ${type} ${blob}`,
      'command="echo \\"a b\\" c",no-pty',
    ],
    ['a line of Windows', `${line}\r`, ''],
  ])('%s is one key', (_title, text, options) => {
    expect(parseKey(text)).toMatchObject({ id: `${type} ${blob}`, options });
  });

  test.each([
    ['nothing', ''],
    ['a comment', `# ${line}`],
    ['half a key', line.slice(0, 50)],
    ['a key of another type than it says', line.replace('ssh-ed25519', 'ssh-rsa')],
    ['a key with a letter more', `${type} ${blob}A tuna`],
    ['a type alone', type],
    ['two words before the type', `no-pty x ${line}`],
    ['a DSA key, which sshd takes no more', 'ssh-dss AAAAB3NzaC1kc3MAAACBAA== old'],
  ])('%s is none', (_title, text) => {
    expect(parseKey(text)).toBeUndefined();
  });

  test('a text of several keys gives each of them', () => {
    expect(parseKeys(`# mine\n${line}\n\n${line}\n`, ['key'])).toHaveLength(2);
  });

  test.each([
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza\n', 'this is a private key'],
    ['# only a comment\n', 'there is no key in this text'],
    ['s3cret-that-is-no-key', 'this is not a public key, or not a whole one'],
  ])('what is no key is refused without repeating it', (text, message) => {
    expect(() => parseKeys(text, ['key'])).toThrow(message);
  });
});
