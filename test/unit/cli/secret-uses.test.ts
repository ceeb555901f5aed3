import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newKeyPair } from '../../../src/load/secret-box.ts';
import { newSecretsFile, withSecret } from '../../../src/load/secret-store.ts';
import { secretsFileText } from '../../../src/load/secrets-file.ts';
import { createFolder } from '../../support/command.ts';

const user = createFolder({
  'inventory/hosts.yml': `
here:
  hosts:
    alfa: { ssh: { connection: local }, db: !secret database }
`,
  'site.yml': `
- hosts: here
  tasks:
    - assert.that: { that: ["<%= db === 'hunter2!' %>"], message: "not <%= db %>" }
    - assert.that: { that: ["<%= more === 'hunter3!' %>"], message: "not <%= more %>" }
      vars: { more: !secret spare }
`,
  'misspelt.yml': `
- hosts: here
  tasks:
    - assert.that: { that: [true], message: "<%= more %>" }
      vars: { more: !secret spate }
`,
});

beforeAll(async () => {
  const key = await newKeyPair();
  let file = await newSecretsFile(new Map([['me', key.recipient]]));
  for (const [name, value] of [
    ['database', 'hunter2!'],
    ['spare', 'hunter3!'],
  ] as const) {
    file = await withSecret(file, name, value);
  }
  writeFileSync(join(user.folder, 'inventory', 'secrets.age.yml'), secretsFileText(file));
  writeFileSync(join(user.folder, 'identity.txt'), `${key.identity}\n`);
});

afterAll(() => user.remove());

test('a secret that is not there is told at its place without an identity, with the nearest name', async () => {
  const { exit, stderr } = await user.provision('validate', 'misspelt.yml');
  expect(stderr).toMatch(
    /^error PV2201: there is no secret `spate` in inventory\/secrets\.age\.yml\n +misspelt\.yml:5:29\n/,
  );
  expect(stderr).toContain('did you mean `spare`?');
  expect(stderr).toContain('help: provision secrets set spate');
  expect(exit).toBe(1);
});

test('a run opens what its files name', async () => {
  const { exit, stdout } = await user.provision('site.yml', '--identity', 'identity.txt', '--output', 'plain');
  expect(stdout).toContain('ok 2');
  expect(exit).toBe(0);
});

test('a run whose secrets cannot be opened ends before it begins', async () => {
  const { exit, stdout, stderr } = await user.provision('site.yml', '--identity', 'nowhere.txt');
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
  expect(stderr).toContain('PV2203: the identity file nowhere.txt cannot be read');
});

test('`provision secrets` shows names to everybody, and a secret to whom it is for', async () => {
  expect((await user.provision('secrets', 'show')).stdout).toContain('secrets:\n  database\n  spare\n');
  expect((await user.provision('secrets', 'show', 'spare', '--identity', 'identity.txt')).stdout).toBe('hunter3!\n');
});
