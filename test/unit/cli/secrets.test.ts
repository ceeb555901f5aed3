import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { armor, Encrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Asking } from '../../../src/cli/ask.ts';
import { editInMemory } from '../../../src/cli/edit-in-memory.ts';
import { readIdentities } from '../../../src/cli/identity.ts';
import { initSecrets } from '../../../src/cli/init-secrets.ts';
import { createMemoryFolder } from '../../../src/cli/memory-folder.ts';
import { addRecipient, removeRecipient, rotateSecrets } from '../../../src/cli/secret-recipients.ts';
import { setSecret, showSecrets } from '../../../src/cli/secret-values.ts';
import type { SecretsCall } from '../../../src/cli/secrets-command.ts';
import { SecretsDesk } from '../../../src/cli/secrets-desk.ts';
import { readEditedText } from '../../../src/load/editable-secrets.ts';
import { newKeyPair } from '../../../src/load/secret-box.ts';
import { answeringTerminal, noTerminal } from '../../support/asking.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-secrets-test-'));
  mkdirSync(join(folder, 'inventory'));
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Calling {
  readonly words?: readonly string[];
  readonly asking?: Asking;
  readonly identity?: string;
  readonly flags?: Partial<SecretsCall['flags']>;
}

function call({ words = [], asking = noTerminal(), identity = 'identity.txt', flags = {} }: Calling = {}): SecretsCall {
  const file = join(folder, identity);
  const desk = new SecretsDesk(join(folder, 'inventory'), { file, environment: {}, asking });
  const given = { inventory: [], identity: file, name: 'alice', passphrase: false, help: false, ...flags };
  return { desk, words, flags: given, asking };
}

function piped(text: string): Asking {
  const { output } = noTerminal();
  const input = new PassThrough();
  input.end(text);
  return { input, output };
}

const secretsFile = () => join(folder, 'inventory', 'secrets.age.yml');

test('init makes an identity that only its owner can read, and a file that it opens', async () => {
  const told = await initSecrets(call());
  expect(statSync(join(folder, 'identity.txt')).mode & 0o777).toBe(0o600);
  expect(told).toContain('give it to nobody');
  expect(await showSecrets(call())).toMatch(/recipients:\n {2}alice: age1\w+\nsecrets:\n {2}none yet\n$/);
});

test('init replaces nothing, and tells a second person how to be let in', async () => {
  await initSecrets(call());
  const before = [readFileSync(secretsFile(), 'utf8'), readFileSync(join(folder, 'identity.txt'), 'utf8')];
  expect(await initSecrets(call())).toMatch(/^you can open/);
  const told = await initSecrets(call({ identity: 'bob.txt', flags: { name: 'bob' } }));
  const words = /add-recipient (\S+) (\S+)\n$/.exec(told)?.slice(1) ?? [];
  expect([readFileSync(secretsFile(), 'utf8'), readFileSync(join(folder, 'identity.txt'), 'utf8')]).toEqual(before);
  await setSecret(call({ words: ['db'], asking: piped('hunter2\n') }));
  await expect(showSecrets(call({ words: ['db'], identity: 'bob.txt' }))).rejects.toThrow('opens nothing');
  await addRecipient(call({ words }));
  expect(await showSecrets(call({ words: ['db'], identity: 'bob.txt' }))).toBe('hunter2\n');
  await rotateSecrets(call());
  expect(await showSecrets(call({ words: ['db'], identity: 'bob.txt' }))).toBe('hunter2\n');
  expect(await removeRecipient(call({ words: ['bob'] }))).toContain('change the secrets themselves');
  await expect(showSecrets(call({ words: ['db'], identity: 'bob.txt' }))).rejects.toThrow('opens nothing');
});

describe('set', () => {
  beforeEach(() => initSecrets(call()));

  test('asks twice on a terminal and shows nothing of it', async () => {
    const { asking, shown } = answeringTerminal([
      ['db: ', 'hunter2\r'],
      ['once more: ', 'hunter3\r'],
      ['db: ', 'hunter2\r'],
      ['once more: ', 'hunter2\r'],
    ]);
    expect(await setSecret(call({ words: ['db'], asking }))).toMatch(/^added db/);
    expect(shown()).not.toMatch(/hunter/);
    expect(await showSecrets(call({ words: ['db'] }))).toBe('hunter2\n');
  });

  test('takes all of standard input but its last line break, and needs no identity for it', async () => {
    rmSync(join(folder, 'identity.txt'), { force: true });
    expect(await setSecret(call({ words: ['key'], asking: piped('one\ntwo\n') }))).toMatch(/^added key/);
  });

  test.each([
    ['db', 'ab\n', 'shorter than 3'],
    ["it's", 'x'.repeat(9), 'cannot be the name'],
  ])('refuses %s', async (name, text, message) => {
    await expect(setSecret(call({ words: [name], asking: piped(text) }))).rejects.toThrow(message);
  });

  test('leaves the file alone when somebody else is writing it', async () => {
    writeFileSync(`${secretsFile()}.new`, '');
    await expect(setSecret(call({ words: ['db'], asking: piped('hunter2') }))).rejects.toThrow('cannot be written');
    expect(await showSecrets(call())).toContain('none yet');
  });
});

test.each([
  ['ssh-ed25519 AAAAC3Nza', 'SSH keys cannot be recipients'],
  ['age1nonsense', 'no public key of age'],
])('%s is no recipient', async (recipient, message) => {
  await initSecrets(call());
  await expect(addRecipient(call({ words: ['bob', recipient] }))).rejects.toThrow(message);
});

/** As `age -p` does, but with less work: that is what protects a passphrase, and what takes a second. */
async function quicklySealed(text: string, passphrase: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(8);
  return armor.encode(await encrypter.encrypt(text));
}

describe('an identity', () => {
  const environment = {};

  test('comes from --identity, then PROVISION_IDENTITY, then its file, then the usual one', async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(newKeyPair));
    const [option = '', variable = '', named = '', usual = ''] = keys.map(({ identity }) => identity);
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), `# a comment\n${text}\n`);
      return join(folder, name);
    };
    const file = write('option', option);
    const [home, asking] = [{ XDG_CONFIG_HOME: folder }, noTerminal()];
    const namedFile = { ...home, PROVISION_IDENTITY_FILE: write('named', named) };
    mkdirSync(join(folder, 'provision'));
    write('provision/identity.txt', usual);
    const all = { ...namedFile, PROVISION_IDENTITY: variable };
    expect(await readIdentities({ file, environment: all, asking })).toEqual([option]);
    expect(await readIdentities({ environment: all, asking })).toEqual([variable]);
    expect(await readIdentities({ environment: namedFile, asking })).toEqual([named]);
    expect(await readIdentities({ environment: home, asking })).toEqual([usual]);
  });

  test('with a passphrase is opened by it, and by nothing else', async () => {
    const { identity } = await newKeyPair();
    const file = join(folder, 'identity.txt');
    writeFileSync(file, await quicklySealed(`# mine\n${identity}\n`, 'open sesame'));
    const question = `passphrase of ${file}: `;
    const { asking, shown } = answeringTerminal([[question, 'open sesame\r']]);
    expect(await readIdentities({ file, environment, asking })).toEqual([identity]);
    expect(shown()).not.toContain('sesame');
    const wrong = answeringTerminal([[question, 'open barley\r']]).asking;
    await expect(readIdentities({ file, environment, asking: wrong })).rejects.toThrow('does not open');
    await expect(readIdentities({ file, environment, asking: noTerminal() })).rejects.toThrow('no terminal');
  });

  test.each([
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----', 'is an SSH key'],
    ['AGE-SECRET-KEY-1BROKEN', 'a line that is no key'],
    ['# nothing\n', 'holds no key'],
  ])('%j is refused without being shown', async (text, message) => {
    const file = join(folder, 'identity.txt');
    writeFileSync(file, text);
    const reading = readIdentities({ file, environment, asking: noTerminal() });
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.not.toThrow('BROKEN');
  });
});

describe('editing', () => {
  const forgotten = () =>
    readdirSync('/dev/shm').filter((name) => name.startsWith(`provision-secrets-${process.pid}-`));
  const again = () => Promise.resolve(false);

  test('takes place in a folder in memory that only its owner can enter, gone afterwards', async () => {
    const look = join(folder, 'look');
    const editor = `sh -c 'stat -c "%a" "$1" "$(dirname "$1")" >${look}; printf "api: token-1\\n" >>"$1"'`;
    const read = (text: string): string => text;
    const edited = await editInMemory('db: hunter2\n', read, { environment: { EDITOR: `${editor} sh` }, again });
    expect(edited).toBe('db: hunter2\napi: token-1\n');
    expect(readFileSync(look, 'utf8')).toBe('600\n700\n');
    expect(forgotten()).toEqual([]);
  });

  test('leaves nothing behind when the editor fails', async () => {
    const editing = editInMemory('db: hunter2\n', (text) => text, { environment: { EDITOR: 'false' }, again });
    await expect(editing).rejects.toThrow('nothing was changed');
    expect(forgotten()).toEqual([]);
  });

  test('is refused where there is no place in memory', () => {
    expect(() => createMemoryFolder('/proc')).toThrow('no file system in memory');
  });

  test('removes what a killed process left, and nothing of a living one', () => {
    const dead = `/dev/shm/provision-secrets-999999999-abc`;
    mkdirSync(dead);
    const living = createMemoryFolder();
    createMemoryFolder().remove();
    expect([existsSync(dead), existsSync(living.path)]).toEqual([false, true]);
    living.remove();
  });

  test.each([
    ['db: hunter2\n', new Map([['db', 'hunter2']])],
    ['# nothing\n', new Map()],
    ['pin: 1234\n', ['line 1: a secret is a text: put it in quotes']],
    ['a: ok-then\n"b c": hunter2\n', ['line 2: a name is made of letters, digits, `.`, `-` and `_`']],
    ['a: xy\n', ['line 1: a secret shorter than 3 characters cannot be hidden']],
    ['a: hunter2\na: hunter3\n', ['line 2: a key stands twice in one map']],
    ['- hunter2\n', ['line 1: secrets are a map: `name: value`']],
  ])('reads %j, and shows nothing of it where it cannot', (text, result) => {
    expect(readEditedText(text)).toEqual(result);
    expect(JSON.stringify(readEditedText(text))).not.toMatch(Array.isArray(result) ? /hunter|1234/ : /^$/);
  });
});
