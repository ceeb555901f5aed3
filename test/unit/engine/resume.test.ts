import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Here, type HereOptions } from '../../support/run-here.ts';
import { journalsOf, resumed, runKept } from '../../support/run-kept.ts';

const hosts = 'here: { hosts: { alfa: { ssh: { connection: local } } } }\n';

/** Runs a play's tasks until one fails, goes on when `FOLDER/mended` is there, and tells what each task did. */
async function failAndResume(tasks: string, options: HereOptions = {}) {
  const here = await Here.create(hosts);
  const { folder } = here;
  writeFileSync(join(folder, 'play.yml'), `- name: web\n  hosts: alfa\n  tasks:\n${tasks}`);
  const first = await runKept(folder, options);
  const journal = readFileSync(join(folder, 'runs', readdirSync(join(folder, 'runs'))[0] ?? ''), 'utf8');
  writeFileSync(join(folder, 'mended'), '');
  const second = await runKept(folder, { ...options, ...resumed(folder) });
  const said = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().replaceAll('\n', ' ') : '';
  const texts = { log: said('log'), told: said('told') };
  await here.remove();
  return { journal, first: first.lines, second: second.lines, exits: [first.exit, second.exit], ...texts };
}

test('a loop goes on with the item that failed, and the result has all items', async () => {
  const found = await failAndResume(`
    - name: each
      shell.command: { script: 'test <%= item %> != 2 -o -e FOLDER/mended && echo <%= item %> | tee -a FOLDER/log' }
      loop: [1, 2, 3]
      register: each
    - name: tell
      file.content: { path: FOLDER/told, content: "<%= each.items.map(({ item, stdout }) => item + stdout).join(' ') %>" }
`);
  expect(found).toMatchObject({ exits: [2, 0], log: '1 2 3', told: '11 22 33' });
  expect(found.second).toEqual(['alfa each changed', 'alfa tell changed']);
});

test('a failure that was rescued stays one, and what came after it goes on', async () => {
  const found = await failAndResume(`
    - name: block
      block:
        - name: breaks
          shell.command: { script: 'echo broke >> FOLDER/log; exit 3' }
      rescue:
        - name: note
          file.content: { path: FOLDER/told, content: "<%= failure.task %> <%= failure.result.code %>" }
        - name: stumble
          shell.command: { script: 'test -e FOLDER/mended' }
`);
  expect(found).toMatchObject({ exits: [2, 0], log: 'broke', told: 'breaks 3' });
  expect(found.second).toEqual(['alfa stumble changed']);
});

test('what a task with no_log registers is not written down, and is asked of the host again', async () => {
  const found = await failAndResume(`
    - name: key
      shell.command: { script: 'echo x >> FOLDER/log; echo sesame-open' }
      register: key
      no_log: true
    - name: stumble
      shell.command: { script: 'test -e FOLDER/mended' }
    - name: tell
      file.content: { path: FOLDER/told, content: "<%= key.stdout %> <%= key.changed %>" }
      no_log: true
`);
  expect(found).toMatchObject({ exits: [2, 0], log: 'x x', told: 'sesame-open true' });
  expect(found.journal).not.toContain('sesame');
});

test('what was answered is not asked again', async () => {
  const questions: string[] = [];
  const found = await failAndResume(
    `
    - name: answer
      pause: { prompt: which }
      register: given
    - name: stumble
      shell.command: { script: 'test -e FOLDER/mended' }
    - name: tell
      file.content: { path: FOLDER/told, content: "<%= given.user_input %>" }
`,
    { ask: async ({ text }) => String(questions.push(text)) },
  );
  expect(found).toMatchObject({ exits: [2, 0], told: '1' });
  expect(questions).toEqual(['which']);
});

test('a resumption that was cut off before it had caught up loses nothing of the run before', async () => {
  const here = await Here.create(hosts);
  const { folder } = here;
  writeFileSync(
    join(folder, 'play.yml'),
    `- name: web
  hosts: alfa
  tasks:
    - name: first
      shell.command: { script: 'echo first | tee -a FOLDER/log' }
      register: first
    - name: stumble
      shell.command: { script: 'test -e FOLDER/mended && echo <%= first.stdout %> >> FOLDER/log' }
`,
  );
  await runKept(folder);
  writeFileSync(join(folder, 'mended'), '');
  await runKept(folder, resumed(folder));
  const path = join(folder, 'runs', journalsOf(folder).at(-1) ?? '');
  const lines = readFileSync(path, 'utf8').split('\n');
  const begun = lines.findIndex((line) => line.includes('"batch.start"')) + 1;
  expect(begun).toBeGreaterThan(0);
  writeFileSync(path, `${lines.slice(0, begun).join('\n')}\n`);
  const { exit, lines: told } = await runKept(folder, resumed(folder));
  expect([exit, told]).toEqual([0, ['alfa stumble changed']]);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('first\nfirst\nfirst\n');
  await here.remove();
});
