import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { journalsIn } from '../../../src/cli/journals.ts';
import { recordedRun } from '../../../src/cli/undo-journal.ts';
import { toPutBack, undoPlan } from '../../../src/cli/undo-plan.ts';
import { undoPlaybook } from '../../../src/cli/undo-playbook.ts';
import { Here } from '../../support/run-here.ts';

interface UndoCase {
  readonly what: string;
  readonly before?: string;
  readonly task: object;
  readonly stays?: string;
}

const cases: readonly UndoCase[] = parse(readFileSync(new URL('cases/undo.yaml', import.meta.url), 'utf8'));

let here: Here;
beforeAll(async () => {
  here = await Here.create();
});
afterAll(() => here.remove());

/** Kind, mode, owner, target and content of everything in a folder. */
function stateOf(folder: string): string {
  const script = `find . -mindepth 1 -printf '%p %y %m %u %g %l\\n' | sort; find . -type f -exec sha256sum {} + | sort`;
  return execFileSync('sh', ['-ec', script], { cwd: folder, encoding: 'utf8' });
}

interface Undone {
  readonly reasons: readonly string[];
  readonly exit: number;
}

async function undoLast(journalFolder: string, overwrite = false): Promise<Undone> {
  const recorded = recordedRun(readFileSync(journalsIn(journalFolder).at(-1) ?? '', 'utf8'));
  const overwrites = () => overwrite;
  const found = await here.lookAt(recorded.changes, overwrites);
  const hosts = undoPlan(recorded, found);
  const reasons = hosts.flatMap(({ judged }) =>
    judged.flatMap(({ verdict }) => ('why' in verdict ? [verdict.why] : [])),
  );
  const changes = toPutBack(hosts);
  if (changes.length === 0) return { reasons, exit: 0 };
  const { playbook, modules } = undoPlaybook({ run: 'RUN', changes, again: [], overwrites });
  const { exit, events } = await here.play(playbook, {
    modules,
    journalFolder: mkdtempSync(join(here.folder, 'undone-')),
  });
  const failures = events.flatMap((event) => (event.event === 'task.end' && event.code ? [event.message ?? ''] : []));
  return { reasons: [...reasons, ...failures], exit };
}

async function perform(task: object, folder: string): Promise<string> {
  const journalFolder = mkdtempSync(join(here.folder, 'runs-'));
  const tasks = JSON.stringify([task]).replaceAll('FOLDER', folder);
  const { exit } = await here.run(`- hosts: alfa\n  tasks: ${tasks}\n`, { journalFolder });
  expect(exit).toBe(0);
  return journalFolder;
}

describe('a run is undone', () => {
  test.each(cases.map((one) => [one.what, one] as const))('%s', async (_what, { before = 'true', task, stays }) => {
    const folder = mkdtempSync(join(here.folder, 'case-'));
    execFileSync('sh', ['-ec', before], { cwd: folder });
    const was = stateOf(folder);
    const journalFolder = await perform(task, folder);
    const left = stateOf(folder);
    expect(left).not.toBe(was);
    expect(await undoLast(journalFolder)).toEqual({ reasons: stays === undefined ? [] : [stays], exit: 0 });
    expect(stateOf(folder)).toBe(stays === undefined ? was : left);
  });
});

test('what was changed after the run is left alone, unless it is named', async () => {
  const folder = mkdtempSync(join(here.folder, 'case-'));
  const journalFolder = await perform({ 'file.content': { path: 'FOLDER/file', content: 'new\n' } }, folder);
  appendFileSync(join(folder, 'file'), 'theirs\n');
  const left = stateOf(folder);
  expect(await undoLast(journalFolder)).toEqual({ reasons: ['it was changed since'], exit: 0 });
  expect(stateOf(folder)).toBe(left);
  expect(await undoLast(journalFolder, true)).toEqual({ reasons: [], exit: 0 });
  expect(stateOf(folder)).toBe('');
});

test('a directory that holds what somebody put there stays', async () => {
  const folder = mkdtempSync(join(here.folder, 'case-'));
  const journalFolder = await perform({ 'file.directory': { path: 'FOLDER/one/two' } }, folder);
  appendFileSync(join(folder, 'one/two/theirs'), 'theirs\n');
  const left = stateOf(folder);
  const { reasons } = await undoLast(journalFolder);
  expect(reasons).toEqual([`${folder}/one/two/theirs is in it`, `${folder}/one/two is in it`]);
  expect(stateOf(folder)).toBe(left);
});
