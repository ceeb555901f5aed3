import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFolder } from '../../support/command.ts';
import { newMarker, tracedIn } from '../../support/traces.ts';

const secret = newMarker('secret');
const control = newMarker('control');

const here = createFolder({
  'inventory/hosts.yml': 'all: { hosts: { here: { ssh: { connection: local } } } }\n',
  'site.yml': `
- hosts: here
  tasks:
    - file.content: { path: FOLDER/file, content: "${control.core} <%= env('SECRET') %>" }
`,
  // A mistake of ours, made to order: whoever takes the digest of a text throws it, in every form it may have.
  'mistake.mjs': `
import { createHash } from 'node:crypto';
const { update } = createHash('sha256').constructor.prototype;
createHash('sha256').constructor.prototype.update = function (data, ...others) {
  const text = String(data);
  if (!text.includes('${control.core}')) return update.call(this, data, ...others);
  const forms = [text, JSON.stringify(text), encodeURIComponent(text), Buffer.from(text).toString('base64')];
  const error = new TypeError(forms.join(' or ') + ' is no digest', { cause: new Error(text) });
  if (process.env.MISTAKE === 'task') throw error;
  setImmediate(() => { throw error; });
  return update.call(this, data, ...others);
};
`,
});
afterAll(here.remove);

function run(mistake: string) {
  const preload = ['--import', import.meta.resolve('tsx'), '--import', join(here.folder, 'mistake.mjs')];
  return spawnSync(process.execPath, [...preload, resolve('src/cli/main.ts'), 'site.yml'], {
    cwd: here.folder,
    encoding: 'utf8',
    env: { ...process.env, MISTAKE: mistake, SECRET: secret.value, NODE_OPTIONS: undefined },
  });
}

test.each(['task', 'timer'])(
  'a mistake of ours in a %s is reported without the secret it tells of',
  { timeout: 60_000 },
  (mistake) => {
    const { status, stdout, stderr } = run(mistake);
    expect({ status, stderr }).toMatchObject({ status: 70, stderr: expect.stringContaining('error PV9001') });
    expect(stderr).toContain('is no digest');
    expect(tracedIn(stderr, [control])).toEqual(['control']);
    expect(tracedIn(stdout + stderr, [secret])).toEqual([]);
  },
);

test('nor does what it leaves in the project hold it', () => {
  const files = readdirSync(join(here.folder, '.provision'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect(files.some((text) => text.includes('run.start'))).toBe(true);
  expect(tracedIn(files.join('\n'), [secret])).toEqual([]);
});
