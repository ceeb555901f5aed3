import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.ts';
import { Here } from '../support/run-here.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';

let server: TestServer;
let here: Here;

beforeEach(async () => {
  server = await startSshServer({ user: 'tester', password: 'let me in' });
  const { port, hostKey } = server;
  here = await Here.create(`
far:
  hosts:
    charlie:
      ssh: { host: 127.0.0.1, port: ${port}, user: tester, password: let me in, host_key: ${hostKey} }
`);
});

afterEach(async () => {
  await here.remove();
  await server.close();
});

const folders = `
- hosts: far
  tasks:
    - name: folder
      file.directory: { path: "FOLDER/<%= item %>" }
      loop: "<%= Array.from({ length: 30 }, (_, index) => 'd' + index) %>"
    - name: file
      file.content: { path: "FOLDER/<%= item %>/f", content: "<%= item %>\\n" }
      loop: "<%= Array.from({ length: 30 }, (_, index) => 'd' + index) %>"
`;

test('a playbook costs one login and one session, however many tasks it has', async () => {
  expect((await here.run(folders)).lines).toEqual(['charlie folder changed', 'charlie file changed']);
  expect(server.counts).toEqual({ logins: 1, sessions: 1 });
  expect((await here.run(folders)).lines).toEqual(['charlie folder ok', 'charlie file ok']);
  expect(server.counts).toEqual({ logins: 2, sessions: 2 });
});

test('a host whose link is cut in the middle of a task is unreachable', async () => {
  const running = here.run('- hosts: far\n  tasks:\n    - shell.command: { argv: [sleep, "30"] }\n');
  setTimeout(() => server.cut(), 1500);
  const { lines, exit } = await running;
  expect(lines).toEqual(['charlie shell.command unreachable']);
  expect(exit).toBe(3);
});

test('a host whose link is cut while a task waits is told to be unreachable without another login', async () => {
  const emit = (event: RunEvent): void => {
    if (event.event === 'step.start') setTimeout(() => server.cut(), 500);
  };
  const playbook = '- hosts: far\n  tasks:\n    - wait.for: { file: FOLDER/never, timeout: 60 }\n';
  const { lines, exit, events } = await here.run(playbook, { emit });
  expect(lines).toEqual(['charlie wait.for unreachable']);
  expect(exit).toBe(3);
  expect(events.filter((event) => event.event === 'diagnostic')).toEqual([]);
  expect(server.counts.logins).toBe(1);
});

test('a host whose link is cut between two tasks is logged in to again, and loses nothing', async () => {
  const playbook = `
- hosts: far
  tasks:
    - file.content: { path: FOLDER/one, content: "1\\n" }
    - file.content: { path: FOLDER/two, content: "2\\n" }
`;
  const emit = (event: RunEvent): void => {
    if (event.event === 'task.end' && event.task === 'file.content') server.cut();
  };
  const { lines, exit, events } = await here.run(playbook, { readAhead: 1, emit });
  expect(lines).toEqual(['charlie file.content changed', 'charlie file.content changed']);
  expect(exit).toBe(0);
  expect(events.filter((event) => event.event === 'diagnostic')).toMatchObject([
    { severity: 'warning', diagnostic: { code: 'PV4007' } },
  ]);
});

test.each([
  ['an action that fails', '- fail: { msg: enough }'],
  ['a task that calls itself failed', '- debug: { msg: enough }\n          failed_when: true'],
])('nothing is done after %s, though it was looked at ahead', async (_title, failing) => {
  const playbook = `
- hosts: far
  tasks:
    - block:
        - file.content: { path: FOLDER/before, content: "1\\n" }
        ${failing}
        - file.content: { path: FOLDER/never, content: "2\\n" }
        - shell.command: { script: "echo 3 >FOLDER/neither" }
      rescue:
        - file.content: { path: FOLDER/rescued, content: "4\\n" }
`;
  expect((await here.run(playbook)).exit).toBe(0);
  const exists = (name: string): boolean => existsSync(join(here.folder, name));
  expect(['before', 'never', 'neither', 'rescued'].filter(exists)).toEqual(['before', 'rescued']);
});
