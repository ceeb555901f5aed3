import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder } from '../../support/command.ts';

const failing = '- hosts: here\n  tasks:\n    - fail: { msg: too late }\n';
const { folder, provision, remove } = createFolder({
  'inventory/hosts.yml': 'all: { hosts: { here: { ssh: { connection: local } } } }\n',
  'failing.yml': failing,
});
const killed = '20991231T235959Z-dead';
let screen = '';

beforeAll(async () => {
  // A run in check mode takes no lock, which tests that run side by side would have to share.
  screen = (await provision('failing.yml', '--check')).stdout;
  mkdirSync(join(folder, '.provision/runs'), { recursive: true });
  const place = '"host":"here","play":"web","task":"settings","module":"file.content"';
  const lines = [
    `{"event":"run.start","v":1,"run":"${killed}","playbooks":["site.yml"],"check":false,"at":"2099-12-31T23:59:59.000Z"}`,
    '{"event":"play.start","play":"web","hosts":["here"]}',
    `{"event":"step.sent",${place},"step":"create /etc/x"}`,
    `{"event":"task.end",${place},"status":"changed","ms":3,"message":"create /etc/x"}`,
    '{"event":"task.st',
  ];
  writeFileSync(join(folder, `.provision/runs/${killed}.ndjson`), lines.join('\n'));
}, 60_000);
afterAll(remove);

test('runs are listed with how they ended and whom they left unfinished', async () => {
  const { stdout } = await provision('runs');
  const [head, first, second] = stdout.split('\n');
  expect(head).toMatch(/^RUN +BEGAN +END +PLAYBOOKS +HOSTS NOT FINISHED$/);
  expect(first).toMatch(/^\d{8}T\d{6}Z-\w{4} {2}20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ {2}exit 2 \(check\) {2}failing\.yml$/);
  expect(second).toBe(`${killed}  2099-12-31 23:59:59Z  killed          site.yml     here`);
});

test('a run is shown again as it was told, with its excerpts while the file is the same', async () => {
  const [id = ''] = /\d{8}T\S+?(?=:)/.exec(screen) ?? [];
  const again = await provision('runs', 'show', id);
  expect(again.stdout).toBe(screen);
  appendFileSync(join(folder, 'failing.yml'), '\n');
  utimesSync(join(folder, 'failing.yml'), new Date(), new Date());
  const changed = await provision('runs', 'show', id);
  expect(changed.stdout).toContain('error PV5011: too late (failing.yml:3:7)\n');
});

test('of a run that was killed, what it came to tell is shown', async () => {
  const { stdout, exit } = await provision('runs', 'show', 'last');
  expect(exit).toBe(0);
  expect(stdout).toBe(`run ${killed}: site.yml

play web (1 host)
here  changed      settings: create /etc/x

here the journal ends: the run was killed, or goes on
`);
});

test.each([
  [['runs', 'show', '1999'], 'error PV0003: there is no run `1999`'],
  [['runs', 'show', '20'], 'error PV0003: 2 runs begin with `20`'],
  [['runs', 'show'], 'error PV0003: `provision runs` takes no words, or `show` and the id of a run'],
  [['runs', 'list'], 'error PV0003: `provision runs` takes no words, or `show` and the id of a run'],
])('%j is refused', async (argv, message) => {
  const { exit, stderr } = await provision(...argv);
  expect(exit).toBe(1);
  expect(stderr.split('\n')[0]).toBe(message);
});
