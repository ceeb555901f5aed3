import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folders = ['src', 'bench', 'playbooks', 'templates'];

const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted(),
);

const places = (pattern: RegExp): readonly string[] =>
  files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

test('no ssh is told to take any host key', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(places(/StrictHostKeyChecking[ =]+(no|off|accept-new|ask)|UserKnownHostsFile[ =]+\S*\/dev\/null/i)).toEqual(
    [],
  );
});

test('a client of ours shows the key to the check, or only looks at it and logs in nowhere', () => {
  expect(places(/hostVerifier/)).toEqual([
    'src/transport/shown-key.ts: hostVerifier: (shown: Buffer) => {',
    'src/transport/ssh.ts: hostVerifier: (shown: Buffer) => {',
    "bench/contenders/connect.mjs: hostVerifier: (shown) => shown.toString('base64') === key,",
  ]);
  const verifier = (file: string): string => /hostVerifier:.*?\n {6}\}/s.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  expect(verifier('src/transport/ssh.ts')).toContain(
    'refusal = check.refuse(shown);\n        return refusal === undefined;',
  );
  expect(verifier('src/transport/shown-key.ts')).toContain('return false;');
  // ssh2 takes any key where nothing checks it.
  const clients = files.filter((file) => /\.connect\(\{/.test(readFileSync(file, 'utf8')));
  expect(clients.filter((file) => !readFileSync(file, 'utf8').includes('hostVerifier'))).toEqual([]);
});
