import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problems, ProvisionError } from '../../../src/core/diagnostic.ts';
import { type KeyPair, newKeyPair, unseal } from '../../../src/load/secret-box.ts';
import {
  newSecretsFile,
  openSecret,
  openSecretsFile,
  rotated,
  withRecipients,
  withSecret,
} from '../../../src/load/secret-store.ts';
import {
  type LocatedSecretsFile,
  readSecretsFile,
  type SecretsFile,
  secretsFileText,
} from '../../../src/load/secrets-file.ts';
import { diagnosticsText } from '../../../src/report/diagnostic-text.ts';

let folder: string;
let alice: KeyPair;
let bob: KeyPair;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provision-secrets-test-'));
  alice = await newKeyPair();
  bob = await newKeyPair();
});

afterEach(() => rmSync(folder, { recursive: true }));

/** As the next run finds it. */
function reread(file: SecretsFile | string): LocatedSecretsFile {
  const path = join(folder, 'secrets.age.yml');
  writeFileSync(path, typeof file === 'string' ? file : secretsFileText(file));
  const problems = new Problems();
  const read = readSecretsFile(path, problems);
  problems.throwIfAny();
  if (!read) throw new Error('there is no file');
  return read;
}

async function withTwo(): Promise<LocatedSecretsFile> {
  const empty = await newSecretsFile(new Map([['alice', alice.recipient]]));
  return reread(await withSecret(await withSecret(empty, 'db', 'hunter2'), 'tls', 'line one\nline two\n'));
}

function told(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing',
    (error: unknown) => {
      if (!(error instanceof ProvisionError)) throw error;
      return `${error.diagnostics[0].code} ${error.message}`;
    },
  );
}

test('what was set is read again, texts of several lines and other alphabets included', async () => {
  const values = ['hunter2', 'line one\nline two\n', ' blanks ', 'pâté – \u{1F511}', '"quotes" \\ <%= x %>'];
  let file: SecretsFile = await newSecretsFile(new Map([['alice', alice.recipient]]));
  for (const [index, value] of values.entries()) file = await withSecret(file, `s${index}`, value);
  const open = await openSecretsFile(reread(file), [alice.identity]);
  expect(await Promise.all(values.map((_value, index) => openSecret(open, `s${index}`)))).toEqual(values);
});

test('nothing of a value stands in the file, and names do', async () => {
  const text = secretsFileText(await withTwo());
  expect(text).toContain('  db: |\n');
  expect(text).not.toMatch(/hunter2|line one/);
});

test('how long a short secret is cannot be seen', async () => {
  const file = await newSecretsFile(new Map([['alice', alice.recipient]]));
  const sizes = await Promise.all(
    ['abc', 'a'.repeat(30)].map(async (value) => (await withSecret(file, 'x', value)).secrets.get('x')?.length),
  );
  expect(sizes[0]).toBe(sizes[1]);
});

test('setting a secret changes no other line of the file', async () => {
  const before = await withTwo();
  const after = secretsFileText(await withSecret(before, 'api', 'new-token'));
  const lines = new Set(after.split('\n'));
  expect(before.text.split('\n').filter((line) => !lines.has(line))).toEqual([]);
});

test('a recipient more opens what is there, and changes no secret', async () => {
  const open = await openSecretsFile(await withTwo(), [alice.identity]);
  const both = new Map([...open.file.recipients, ['bob', bob.recipient]] as const);
  const file = reread(await withRecipients(open, both));
  expect([...file.secrets]).toEqual([...open.file.secrets]);
  expect(await openSecret(await openSecretsFile(file, [bob.identity]), 'db')).toBe('hunter2');
});

test('whoever is removed opens nothing any more, not with the old key of the file either', async () => {
  const open = await openSecretsFile(await withTwo(), [alice.identity]);
  const file = reread(await rotated(open, new Map([['bob', bob.recipient]])));
  expect(await told(openSecretsFile(file, [alice.identity]))).toContain('PV2203');
  expect(await unseal(file.secrets.get('db') ?? '', { identities: [open.identity] })).toBeUndefined();
  expect(await openSecret(await openSecretsFile(file, [bob.identity]), 'tls')).toBe('line one\nline two\n');
});

test('the age program alone gets at a secret: what is encrypted for the recipients is an identity file', async () => {
  const file = await withTwo();
  const key = (await unseal(file.key.identity, { identities: [alice.identity] })) ?? '';
  expect(key).toMatch(/^(# .*\n)+AGE-SECRET-KEY-1[0-9A-Z]+\n$/);
  const identity = key.split('\n').at(-2) ?? '';
  expect(JSON.parse((await unseal(file.secrets.get('db') ?? '', { identities: [identity] })) ?? '')).toEqual({
    name: 'db',
    value: 'hunter2',
  });
});

describe('a file that somebody edited', () => {
  test.each([
    [
      'to be a recipient',
      (text: string) => text.replace('recipients:\n', `recipients:\n  mallory: ${bob.recipient}\n`),
      'PV2204 the list of recipients is not the one which the file was encrypted for',
    ],
    [
      'to be sent new secrets',
      (text: string) => text.replace(/(key:\n {2}recipient: )\S+/, `$1${bob.recipient}`),
      'PV2204 the key in the clear is not that which the file was encrypted for',
    ],
    [
      'to put one secret in the place of another',
      (text: string) =>
        text.replace('  db: |', '  XX: |').replace('  tls: |', '  db: |').replace('  XX: |', '  tls: |'),
      'PV2204 what stands here is the secret `tls`, not `db`',
    ],
    [
      'in the midst of a secret',
      (text: string) => text.replace(/(db: \|\n.*\n.*\n {4})../, '$1xx'),
      'PV2204 the secret `db` is not encrypted to the key of this file, or damaged',
    ],
  ])('%s is refused', async (_why, edit, message) => {
    const file = await withTwo();
    const edited = edit(file.text);
    expect(edited).not.toBe(file.text);
    const opening = openSecretsFile(reread(edited), [alice.identity]).then((open) => openSecret(open, 'db'));
    expect(await told(opening)).toBe(message);
  });

  test.each([
    ['recipients: {}\n', 'PV2202'],
    ['recipients: { alice: ssh-ed25519 }\nkey: { recipient: age1x, identity: x }\nsecrets: {}\n', 'PV2202'],
    ['<<<<<<< ours\n', 'PV2202'],
  ])('%j is told as what it is', async (text, code) => {
    expect(await told(Promise.resolve().then(() => reread(text)))).toMatch(code);
  });

  test('to add a secret in the clear is told without showing it', async () => {
    const text = `${(await withTwo()).text}  api: hunter2\n  note: |\n    hunter3\n`;
    const error: unknown = await Promise.resolve()
      .then(() => reread(text))
      .catch((thrown: unknown) => thrown);
    const shown =
      error instanceof ProvisionError ? diagnosticsText(error.diagnostics, { colour: false, width: 80 }) : '';
    expect(shown).toContain('secrets.api');
    expect(shown).not.toMatch(/hunter/);
  });
});
