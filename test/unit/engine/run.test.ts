import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Here } from '../../support/run-here.ts';

let here: Here;
beforeEach(async () => {
  here = await Here.create();
});
afterEach(() => here.remove());

const writeFile = `
- hosts: alfa
  tasks:
    - name: write
      file.content: { path: FOLDER/out, content: "one\\n", mode: "0640" }
`;

test('a file is written once, and the second run changes nothing', async () => {
  expect((await here.run(writeFile)).lines).toEqual(['alfa write changed']);
  expect(readFileSync(join(here.folder, 'out'), 'utf8')).toBe('one\n');
  expect(statSync(join(here.folder, 'out')).mode & 0o777).toBe(0o640);
  expect((await here.run(writeFile)).lines).toEqual(['alfa write ok']);
});

test('check mode shows the change with its difference and does not make it', async () => {
  const { lines, events } = await here.run(writeFile, { check: true, diff: true });
  expect(lines).toEqual(['alfa write changed']);
  expect(existsSync(join(here.folder, 'out'))).toBe(false);
  const end = events.find((event) => event.event === 'task.end');
  expect(end).toMatchObject({ diff: [{ after: 'one\n' }] });
});

test('a task tells which file it stands in, where that is not the playbook', async () => {
  const folder = join(here.folder, 'roles/web/tasks');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'main.yml'), '- { name: main, debug: { msg: x } }\n- include: more.yml\n');
  writeFileSync(join(folder, 'more.yml'), '- { name: more, debug: { msg: x } }\n');
  const { events } = await here.run(`
- hosts: alfa
  roles: [web]
  tasks:
    - { name: own, debug: { msg: x } }
`);
  const told = events.flatMap((event) =>
    event.event === 'task.start' || event.event === 'task.end' ? [[event.event, event.task, event.from]] : [],
  );
  expect(told).toEqual(
    [
      ['main', join(folder, 'main.yml')],
      ['more', join(folder, 'more.yml')],
      ['own', undefined],
    ].flatMap(([task, from]) => [
      ['task.start', task, from],
      ['task.end', task, from],
    ]),
  );
});

test('a failed command is told with its place in the playbook and its exit status', async () => {
  const { events, exit } = await here.run(`
- hosts: alfa
  tasks:
    - name: break
      shell.command: { script: "echo oh no >&2; exit 7" }
`);
  expect(exit).toBe(2);
  const end = events.find((event) => event.event === 'task.end');
  expect(end).toMatchObject({ status: 'failed', code: 'PV5001', message: expect.stringContaining('7') });
  const at = end?.event === 'task.end' ? end.diagnostic?.at : undefined;
  expect(at?.source.text.slice(at.start, at.end)).toBe('shell.command');
  expect(JSON.stringify(end)).toContain('oh no');
});

test('a task with no_log shows neither what it says nor what it does', async () => {
  const { events } = await here.run(`
- hosts: alfa
  tasks:
    - name: quiet
      no_log: true
      shell.command: { script: "echo whisper; exit 1" }
`);
  const told = JSON.stringify(
    events.filter((event) => event.event !== 'run.start'),
    (key, value) => (key === 'source' ? undefined : value),
  );
  expect(told).not.toContain('whisper');
  expect(told).toContain('hidden by no_log');
});

test('the result of a failed task that is ignored can be read', async () => {
  const { lines } = await here.run(`
- hosts: alfa
  tasks:
    - name: probe
      shell.command: { script: "echo found; exit 3" }
      register: probe
      ignore_errors: true
    - name: seen
      assert.that: { that: ["<%= probe.failed %>"] }
`);
  expect(lines).toEqual(['alfa probe failed', 'alfa seen ok']);
});

test('an interrupted run says so and leaves no task half told', async () => {
  const interrupt = new AbortController();
  const running = here.run('- hosts: alfa\n  tasks:\n    - shell.command: { argv: [sleep, "30"] }\n', {
    signal: interrupt.signal,
  });
  setTimeout(() => interrupt.abort(new Error('interrupted')), 300);
  const { exit, events } = await running;
  expect(exit).toBe(130);
  expect(events.at(-1)).toMatchObject({ event: 'run.end', exit: 130 });
});

test.each([
  ['hosts', { limit: 'bravo' }],
  ['tasks', { tags: ['nobody'] }],
])('a run that comes upon no %s at all says so, and is no failure', async (_what, options) => {
  const { exit, events } = await here.run(writeFile, options);
  expect(exit).toBe(0);
  expect(events).toContainEqual(expect.objectContaining({ event: 'diagnostic', severity: 'warning' }));
});
