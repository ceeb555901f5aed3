import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalsIn } from '../../../src/cli/journals.ts';
import { Secrets } from '../../../src/core/secret.ts';
import type { StateLine, Thing } from '../../../src/core/thing.ts';
import { StateKeeper } from '../../../src/engine/state-keeper.ts';
import type { Assignment } from '../../../src/engine/task.ts';
import { Here } from '../../support/run-here.ts';

let here: Here;
beforeAll(async () => {
  here = await Here.create();
});
afterAll(() => here.remove());

async function statesOf(tasks: string): Promise<readonly StateLine[]> {
  const journalFolder = mkdtempSync(join(here.folder, 'runs-'));
  const { exit } = await here.run(`- hosts: alfa\n  tasks:\n${tasks}`, { journalFolder });
  expect(exit).toBe(0);
  const lines = readFileSync(journalsIn(journalFolder).at(-1) ?? '', 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line)).filter(({ event }) => /^state\./.test(event));
}

test('the journal says of a changed task how its file was, and how it left it; of one that changes nothing, nothing', async () => {
  writeFileSync(join(here.folder, 'motd'), 'old\n');
  const tasks = '    - name: greet\n      file.content: { path: FOLDER/motd, content: "new\\n" }\n';
  const [before, after, ...others] = await statesOf(tasks);
  expect(before).toMatchObject({ event: 'state.before', host: 'alfa', task: 'greet', on: 'alfa', change: 1 });
  expect(before?.things).toEqual([
    { kind: 'file.restore', name: join(here.folder, 'motd'), state: expect.anything(), content: 'old\n' },
  ]);
  expect(after).toMatchObject({ event: 'state.after', change: 1, things: [{ name: join(here.folder, 'motd') }] });
  expect(JSON.stringify(after)).not.toContain('new');
  expect(others).toEqual([]);
  expect(await statesOf(tasks)).toEqual([]);
});

test.each([
  ['a task with no_log', 'old\n', 0o644, 'no_log: true', undefined],
  ['a sensitive file', 'old\n', 0o644, '', { lost: 'the task calls it sensitive' }],
  ['a file for its owner alone', 'old\n', 0o600, '', { lost: 'not everybody may read it' }],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 0o644, '', { lost: 'it holds a secret' }],
  ['bytes that are no text', Buffer.from([0xff, 0xfe]), 0o644, '', { lost: 'it is not UTF-8 text' }],
])('of %s the journal keeps no content', async (what, content, mode, keyword, kept) => {
  writeFileSync(join(here.folder, 'kept'), content);
  chmodSync(join(here.folder, 'kept'), mode);
  const sensitive = what.includes('sensitive') ? ', sensitive: true' : '';
  const [before] = await statesOf(
    `    - file.content: { path: FOLDER/kept, content: x${sensitive} }\n      ${keyword}\n`,
  );
  expect(before?.things.map(({ content: text, lost }) => ({ text, lost }))).toEqual(
    kept && [{ text: undefined, ...kept }],
  );
});

const thing = { kind: 'file.restore', name: '/etc/x', state: { kind: 'file' } };

function keep(content: string, keeper: StateKeeper, written = ''): void {
  const module = { things: (): readonly Thing[] => [{ ...thing, content }] };
  const place = { host: 'alfa', play: 'p', task: 't', module: 'file.content' };
  const assignment = { module, args: {}, place, machine: { name: 'alfa' } } as unknown as Assignment;
  const steps = [{ title: 'write', effect: { kind: 'write' as const, path: '/etc/x', content: written } }];
  keeper.before({ assignment, steps, state: undefined, owner: {} });
}

test('what holds a secret, or is to hold one, is not kept', () => {
  const lines: StateLine[] = [];
  const secrets = new Secrets();
  secrets.add('open sesame');
  const keeper = new StateKeeper((line) => lines.push(line), secrets);
  keep('password open sesame\n', keeper);
  keep('password of old\n', keeper, 'password open sesame\n');
  keep('a word\n', keeper, 'another\n');
  expect(lines.flatMap(({ things }) => things)).toEqual([
    { ...thing, lost: 'it holds a secret' },
    { ...thing, lost: 'it holds a secret' },
    { ...thing, content: 'a word\n' },
  ]);
});

test('a run keeps 64 KiB of one text and 16 MiB in all', () => {
  const lines: StateLine[] = [];
  const keeper = new StateKeeper((line) => lines.push(line), new Secrets());
  keep('x'.repeat(65_537), keeper);
  for (let count = 0; count < 257; count++) keep('x'.repeat(65_536), keeper);
  const lost = lines.flatMap(({ things }) => things.map((one) => one.lost));
  expect([lost[0], lost[1], lost[256], lost[257]]).toEqual([
    'it is longer than 64 KiB',
    undefined,
    undefined,
    'the run has replaced more than 16 MiB',
  ]);
});
