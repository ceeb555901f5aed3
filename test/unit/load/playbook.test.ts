import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import { placeOf } from '../../../src/core/source.ts';
import { loadPlaybook, type Play, type Playbook } from '../../../src/load/playbook.ts';
import { sampleModules } from './sample-modules.ts';
import { tell } from './told.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-playbook-'));

function load(text: string): Playbook {
  writeFileSync(join(folder, 'site.yml'), text);
  const problems = new Problems();
  const playbook = loadPlaybook(join(folder, 'site.yml'), sampleModules, problems);
  problems.throwIfAny();
  if (!playbook) throw new Error('nothing was loaded');
  return playbook;
}

function onlyPlay(text: string): Play {
  const [play] = load(text).plays;
  if (!play) throw new Error('there is no play');
  return play;
}

describe('loadPlaybook', () => {
  it('fills in what was left out', () => {
    const play = onlyPlay('- hosts: alfa\n  tasks:\n    - shell.command: { command: uptime }\n');
    expect(play).toMatchObject({ name: 'alfa', hosts: 'alfa', tags: [], varsPrompt: [], handlers: [] });
    expect(play.vars).toEqual({ origin: 'play vars', values: {}, path: [] });
    expect(play.tasks[0]).toMatchObject({
      name: 'shell.command',
      module: 'shell.command',
      args: { command: 'uptime' },
      notify: [],
      listen: [],
      tags: [],
      runOnce: false,
      ignoreErrors: false,
      noLog: false,
      retries: 3,
      delay: 5,
    });
    expect(Object.keys(play.tasks[0] ?? {})).not.toContain('when');
  });

  it('reads every keyword', () => {
    const play = onlyPlay(`- name: the play
  hosts: [web, "!alfa"]
  become: true
  become_user: root
  vars: { a: 1 }
  vars_prompt:
    - { name: b }
    - { name: c, prompt: "C?", private: false, default: 5 }
  tags: one, two
  tasks:
    - name: the task
      shell.command: { command: "<%= a %>" }
      when: a > 0
      loop: "<%= b %>"
      register: result
      notify: again
      vars: { d: 2 }
      delegate_to: alfa
      become: false
      become_user: tuna
      tags: [two, three]
      run_once: true
      ignore_errors: true
      changed_when: false
      failed_when: result.code > 1
      until: true
      retries: 0
      delay: 0.5
      no_log: true
  handlers:
    - name: the handler
      listen: [again, anew]
      shell.command: { command: uptime }
`);
    expect(play).toMatchObject({ name: 'the play', hosts: 'web,!alfa' });
    expect(play.vars).toMatchObject({ origin: 'play vars', values: { a: 1 }, path: [0, 'vars'] });
    expect(play.varsPrompt).toMatchObject([
      { name: 'b', prompt: 'b', private: true },
      { name: 'c', prompt: 'C?', private: false, default: 5 },
    ]);
    expect(play.tags).toEqual(['one', 'two']);
    expect(play.tasks[0]).toMatchObject({
      name: 'the task',
      args: { command: '<%= a %>' },
      when: 'a > 0',
      loop: '<%= b %>',
      register: 'result',
      notify: ['again'],
      vars: { origin: 'task vars', values: { d: 2 } },
      delegateTo: 'alfa',
      become: false,
      becomeUser: 'tuna',
      tags: ['one', 'two', 'three'],
      runOnce: true,
      ignoreErrors: true,
      changedWhen: false,
      failedWhen: 'result.code > 1',
      until: true,
      retries: 0,
      delay: 0.5,
      noLog: true,
      path: [0, 'tasks', 0],
    });
    expect(play.handlers[0]).toMatchObject({ name: 'the handler', listen: ['again', 'anew'], tags: ['one', 'two'] });
  });

  it('knows where everything stands', () => {
    const play = onlyPlay('- hosts: alfa\n  tasks:\n    - shell.command: { command: uptime }\n      when: ready\n');
    const task = play.tasks[0];
    expect(placeOf(play.at)).toBe(`${join(folder, 'site.yml')}:1:10`);
    expect(task && placeOf(task.document.locate([...task.path, 'when']))).toBe(`${join(folder, 'site.yml')}:4:13`);
    expect(play.playbook.folder).toBe(folder);
  });

  it('leaves out keywords with nothing behind them', () => {
    expect(onlyPlay('- hosts: alfa\n  vars:\n  tags:\n  tasks:\n  handlers:\n')).toMatchObject({ tasks: [], tags: [] });
  });

  it('goes on after a mistake, so that all are told at once', () => {
    writeFileSync(
      join(folder, 'broken.yml'),
      '- hosts: all\n  tasks: 5\n- host: all\n- hosts: all\n  tasks:\n    - nope: 1\n    - file.content: {}\n',
    );
    const told = tell((problems) => loadPlaybook(join(folder, 'broken.yml'), sampleModules, problems));
    expect(told.map(({ code, at }) => [code, at])).toEqual([
      ['PV1105', '2:10'],
      ['PV1102', '3:3'],
      ['PV1104', '3:3'],
      ['PV1201', '6:7'],
      ['PV1203', '7:7'],
    ]);
  });

  it.each([
    ['a file that does not exist', 'none.yml', 'does not exist'],
    ['a folder', '.', 'is a folder, not a file'],
    ['what is not text', 'latin1.yml', 'is not UTF-8 text'],
  ])('says so of %s', (_title, file, reason) => {
    writeFileSync(join(folder, 'latin1.yml'), Buffer.from([0x2d, 0x20, 0xe9, 0x0a]));
    const told = tell((problems) => loadPlaybook(join(folder, file), sampleModules, problems));
    expect(told).toEqual([expect.objectContaining({ code: 'PV1008', message: `\`${join(folder, file)}\` ${reason}` })]);
  });
});
