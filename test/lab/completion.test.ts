import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createFolder } from '../support/command.ts';

const program = `${process.execPath} ${resolve('dist/cli/main.js')}`;

const here = createFolder({
  'inventory/hosts.yml': 'web:\n  hosts: { alfa: {}, beta: {} }\n',
  'other.yml': 'db:\n  hosts: { gamma: {} }\n',
  'site.yml': '- hosts: all\n  tasks:\n    - file.absent: { path: /tmp/x }\n      tags: [late, later]\n',
  // Completes as ever; whatever else it is told to do, it only notes what it was told.
  'bin/provision': `#!/bin/sh
case $1 in
  completion) exec ${program} "$@" ;;
  *) printf '%s\\n' "$@" >told.new && mv told.new told ;;
esac
`,
  // Types a line into a shell on a terminal of its own, and reads until that shell ends.
  'type.zsh': `zmodload zsh/zpty
zpty shell "$2"
zpty -r shell seen '*ready to be asked*' || exit 3
zpty -w -n shell "$1"
while zpty -r shell seen; do :; done
`,
  'rc.bash': `. <(provision completion bash)
PS1='ready to ''be asked'
`,
  // The script is found by its first line, as in a folder of the system.
  'zsh/.zshrc': `fpath=("$ZDOTDIR" $fpath)
provision completion zsh >"$ZDOTDIR/_provision"
autoload -Uz compinit && compinit -u -D
zle -C all-matches complete-word _generic
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
bindkey '\\e*' all-matches
PS1='ready to ''be asked'
`,
});
chmodSync(join(here.folder, 'bin/provision'), 0o755);
afterAll(here.remove);

const environment = {
  HOME: here.folder,
  LC_ALL: 'C.UTF-8',
  PATH: `${here.folder}/bin:/usr/bin:/bin`,
  TERM: 'xterm',
  ZDOTDIR: join(here.folder, 'zsh'),
};

function runShell(argv: readonly [string, ...string[]]): string {
  const [command, ...words] = argv;
  const options = { cwd: here.folder, env: environment, encoding: 'utf8', timeout: 60_000 } as const;
  const { stdout, stderr, status } = spawnSync(command, words, options);
  expect({ status, stderr }, argv.join(' ')).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Has the shell put everything it offers into the line, and run that: the last words are what `provision` was told. */
function typed(shell: string, line: string): readonly string[] {
  const told = join(here.folder, 'told');
  rmSync(told, { force: true });
  const allMatches = '\u001b*';
  runShell(['zsh', '-f', 'type.zsh', `${line}${allMatches}\r\u0004exit\r`, shell]);
  const before = line.split(' ').length - 2;
  return readFileSync(told, 'utf8').trimEnd().split('\n').slice(before);
}

const shells = {
  bash: (line) => typed('bash --noprofile --rcfile rc.bash -i', line),
  zsh: (line) => typed('zsh -d -i', line),
  fish: (line) => {
    const script = 'provision completion fish | source; complete -C $argv[1]';
    return runShell(['fish', '--no-config', '-c', script, line])
      .split('\n')
      .filter(Boolean)
      .map((candidate) => candidate.split('\t')[0] ?? '');
  },
} as const satisfies Record<string, (line: string) => readonly string[]>;

/** What every shell offers for the last word of a line. */
const lines: readonly (readonly [string, readonly string[]])[] = [
  ['provision inv', ['inventory']],
  ['provision run --li', ['--limit', '--list-hosts', '--list-tags', '--list-tasks']],
  ['provision run site.yml --limit ', ['alfa', 'all', 'beta', 'web']],
  ['provision inventory -i other.yml --host g', ['gamma']],
  ['provision site.yml --tags la', ['late', 'later']],
  ['provision validate --output sa', ['sarif']],
  ['provision doc file.d', ['file.directory']],
  ['provision doc PV0003', ['PV0003']],
  // nothing of its own to offer: files
  ['provision validate si', ['site.yml']],
  ['provision run --inventory ot', ['other.yml']],
];

describe.each(Object.entries(shells))('%s offers', (_shell, offered) => {
  test.each(lines)('%s…: %j', (line, expected) => {
    expect(offered(line).toSorted()).toEqual(expected);
  });
});
