import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFolder } from '../../support/command.ts';

const here = createFolder({
  'inventory/hosts.yml': 'web:\n  hosts: { alfa: {}, beta: {} }\n',
  'other.yml': 'db:\n  hosts: { gamma: {} }\n',
  'p.yml': '- hosts: all\n  tags: [early]\n  tasks:\n    - file.absent: { path: /tmp/x }\n      tags: [late, later]\n',
  provision: `#!/bin/sh\nexec ${process.execPath} --import ${resolve('node_modules/tsx/dist/esm/index.mjs')} ${resolve('src/cli/main.ts')} "$@"\n`,
});
afterAll(here.remove);

/** What bash offers for these words, the last of them being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = join(here.folder, 'ask.bash');
  writeFileSync(
    script,
    `set -e
provision() { sh ${join(here.folder, 'provision')} "$@"; }
eval "$(provision completion bash)"
COMP_WORDS=(provision "$@")
COMP_CWORD=$#
_provision
printf '%s\\n' "\${COMPREPLY[@]}"
`,
  );
  const { stdout, stderr, status } = spawnSync('bash', [script, ...words], { cwd: here.folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

describe('bash completes', () => {
  it.each([
    [['in'], ['inventory']],
    [['inventory', '--ho'], ['--host']],
    [
      ['inventory', '--host', 'a'],
      ['alfa', 'all'],
    ],
    [['inventory', '-i', 'other.yml', '--host', 'g'], ['gamma']],
    [['p.yml', '-l', 'w'], ['web']],
    [
      ['p.yml', '--tags', 'la'],
      ['late', 'later'],
    ],
    [['validate', '--output', '=', 'sa'], ['sarif']],
    [['p.yml', '--output', 'n'], ['ndjson']],
    [['doc', 'file.d'], ['file.directory']],
    [['doc', 'PV0003'], ['PV0003']],
    [['schema', 'inv'], ['inventory']],
    [['undo', ''], ['last']],
    [
      ['verify', 'al'],
      ['alfa', 'all'],
    ],
    // files are the shell's own
    [['validate', 'p'], []],
    [['p.yml', '-i', 'o'], []],
  ])('provision %j', { timeout: 60_000 }, (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});
