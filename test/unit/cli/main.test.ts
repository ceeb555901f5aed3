import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createFolder } from '../../support/command.ts';

// each test starts provision from its sources, which takes its time on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const files = {
  'inventory/hosts.yml': `
all:
  vars: { greeting: hello }
hypervisors:
  hosts:
    here: { ssh: { connection: local, password: hunter22 } }
    there: { greeting: ciao, ssh: { host: 192.0.2.1 } }
`,
  'playbooks/good.yml': `
- name: greet
  hosts: here
  tags: [greet]
  tasks:
    - name: a file with a greeting
      file.content: { path: FOLDER/greeting, content: "<%= greeting %>\\n" }
      tags: [files]
    - name: something slow
      shell.command: { argv: [sleep, "0.3"], creates: FOLDER/greeting }
`,
  'playbooks/bad.yml': `
- name: many mistakes
  hosts: hypervisor
  tasks:
    - file.contents: { path: /tmp/x, content: a }
- hosts: there
  tasks:
    - file.content: { path: /tmp/x, content: "<%= greting %>" }
    - file.content: { path: /tmp/x, content: "<%= missing %>" }
      when: has('missing')
    - file.content: { path: /tmp/x, content: "<%= greeting + %>" }
    - { when: false, file.absent: { path: /tmp/x } }
    - file.template: { path: /tmp/x, template: nowhere.ejs }
`,
};

const here = createFolder(files);
afterAll(here.remove);

describe.concurrent('provision', () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await here.provision('--version')).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('lists its verbs', async () => {
    const { exit, stdout } = await here.provision('--help');
    expect(exit).toBe(0);
    for (const verb of ['run', 'validate', 'inventory', 'doc', 'schema', 'lab']) expect(stdout).toMatch(`\n  ${verb} `);
  });

  it('has no help for what is no verb', async () => {
    const { exit, stderr } = await here.provision('help', 'vaildate');
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: 'error PV0003: `vaildate` is no verb\n   help: did you mean `validate`?\n',
    });
  });

  it('asks back when a verb is misspelt', async () => {
    const { exit, stderr } = await here.provision('vaildate', 'x');
    expect(exit).toBe(1);
    expect(stderr).toBe(
      'error PV0003: `vaildate` is neither a verb nor a playbook\n   help: did you mean `validate`?\n',
    );
  });

  it('tells all mistakes in the files at once, before any connection, and exits with 1', async () => {
    const { exit, stdout, stderr } = await here.provision('playbooks/bad.yml');
    expect(exit).toBe(1);
    expect(stdout).toBe('');
    const places = [...stderr.matchAll(/^ +playbooks\/bad\.yml:(\d+):\d+$/gm)].map(([, line]) => Number(line));
    // the warning stands before the errors
    expect(places).toEqual([12, 3, 5, 8, 11, 13]);
  });
});

describe.concurrent('validate', () => {
  it('says what is in order', async () => {
    const { exit, stdout } = await here.provision('validate', 'playbooks/good.yml');
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: 'playbooks/good.yml: in order, 1 play, 2 tasks\ninventory: in order, 2 hosts\n',
    });
  });

  it('refuses what a run would refuse', async () => {
    expect(await here.provision('validate', 'playbooks/bad.yml')).toMatchObject({ exit: 1, stdout: '' });
  });

  it.each([
    ['--output', 'json', (text: string) => JSON.parse(text).map(({ line }: { line: number }) => line)],
    [
      '--format',
      'sarif',
      (text: string) =>
        JSON.parse(text).runs[0].results.map(
          ({ locations: [at] }: { locations: { physicalLocation: { region: { startLine: number } } }[] }) =>
            at?.physicalLocation.region.startLine,
        ),
    ],
  ])('gives the same mistakes as data, and warnings among them, with %s %s', async (option, form, linesIn) => {
    const { exit, stdout, stderr } = await here.provision('validate', 'playbooks/bad.yml', option, form);
    expect({ exit, stderr, lines: linesIn(stdout) }).toEqual({ exit: 1, stderr: '', lines: [3, 5, 8, 11, 12, 13] });
  });
});

// Runs that may change something take the lock of this machine, so they come one after another.
describe.concurrent('a run', () => {
  it('lists what it would work on without connecting', async () => {
    const lists = ['--list-hosts', '--list-tasks', '--list-tags'];
    const { stdout } = await here.provision('playbooks/good.yml', ...lists, '--skip-tags', 'files');
    expect(stdout).toBe(
      [
        'playbook playbooks/good.yml',
        '  play greet (here)',
        '    hosts:',
        '      here',
        '    tasks:',
        '      something slow (shell.command)  [greet]',
        '    tags:',
        '      files',
        '      greet',
        '',
      ].join('\n'),
    );
  });

  it.sequential('writes events and nothing else with --output ndjson; a second one changes nothing', async () => {
    const other = createFolder(files);
    const runs = [];
    for (const _ of [1, 2]) runs.push(await other.provision('playbooks/good.yml', '--output', 'ndjson'));
    other.remove();
    const ends = runs.map(({ exit, stdout, stderr }) => {
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events[0]).toMatchObject({ event: 'run.start', v: 1 });
      return { exit, stderr, hosts: events.at(-1).hosts };
    });
    const tally = { skipped: 0, failed: 0, unknown: 0, unreachable: 0 };
    expect(ends).toEqual([
      { exit: 0, stderr: '', hosts: { here: { ok: 1, changed: 1, ...tally } } },
      { exit: 0, stderr: '', hosts: { here: { ok: 2, changed: 0, ...tally } } },
    ]);
  });

  it('changes nothing with --check', async () => {
    const { exit, stdout } = await here.provision('playbooks/good.yml', '--check', '--diff');
    expect(exit).toBe(0);
    expect(stdout).toContain('+hello\n');
    expect(existsSync(join(here.folder, 'greeting'))).toBe(false);
  });

  it.sequential('goes on when its reader goes away', async () => {
    const other = createFolder(files);
    const child = other.start(['playbooks/good.yml', '-v']);
    child.stdout.once('data', () => child.stdout.destroy());
    const exit = await new Promise((settle) => child.on('close', settle));
    expect(exit).toBe(0);
    expect(readFileSync(join(other.folder, 'greeting'), 'utf8')).toBe('hello\n');
    other.remove();
  });

  it.sequential('goes on when the disk that it prints to is full, and tells so', async () => {
    const other = createFolder(files);
    const full = openSync('/dev/full', 'w');
    const child = other.start(['playbooks/good.yml'], full);
    const stderr = text(child.stderr);
    expect(await new Promise((settle) => child.on('close', settle))).toBe(74);
    expect(await stderr).toMatch(
      /^error PV0012: what is printed can no longer be written: ENOSPC[^\n]*\n {3}help: [^\n]*\n$/,
    );
    expect(readFileSync(join(other.folder, 'greeting'), 'utf8')).toBe('hello\n');
    closeSync(full);
    other.remove();
  });

  it.sequential('stops at Ctrl-C with 130', async () => {
    const other = createFolder(files);
    const child = other.start(['playbooks/good.yml', '-v']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await new Promise((settle) => child.on('close', settle))).toBe(130);
    other.remove();
  });
});

describe.concurrent('inventory', () => {
  it('shows groups and hosts as a tree', async () => {
    const { stdout } = await here.provision('inventory');
    expect(stdout).toBe('all\n  hypervisors\n    here\n    there\n');
  });

  it('shows the variables of a host, but no password', async () => {
    const { stdout } = await here.provision('inventory', '--host', 'here');
    expect(JSON.parse(stdout)).toEqual({ greeting: 'hello', ssh: { connection: 'local', password: '********' } });
  });

  it('lists everything in the shape of ansible-inventory', async () => {
    const { stdout } = await here.provision('inventory', '--list');
    expect(JSON.parse(stdout)).toMatchObject({
      hypervisors: { hosts: ['here', 'there'] },
      _meta: { hostvars: { there: { greeting: 'ciao' } } },
    });
  });

  it('knows only its hosts', async () => {
    const { exit, stderr } = await here.provision('inventory', '--host', 'thre');
    expect(exit).toBe(1);
    expect(stderr).toContain('did you mean `there`?');
  });
});

describe.concurrent('doc', () => {
  it('explains the code of an error', async () => {
    const { stdout } = await here.provision('doc', 'pv5001');
    expect(stdout).toMatch(/^PV5001: the command failed\n\n/);
  });

  it('explains a module', async () => {
    const { stdout } = await here.provision('doc', 'file.content');
    expect(stdout).toMatch(/^# file\.content\n/);
  });
});
