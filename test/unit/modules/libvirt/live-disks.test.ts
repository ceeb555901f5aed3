import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { copyFile, unfinished } from '../../../../src/modules/libvirt/copy-file.ts';
import { removeDisks } from '../../../../src/modules/libvirt/live-disks.ts';
import type { Connection } from '../../../../src/transport/connect.ts';
import { connectHere, scratchFolder } from '../../../support/transport.ts';

const folder = scratchFolder();
const [from, to] = [join(folder, 'source.img'), join(folder, 'copy.img')];
let connection: Connection;

beforeAll(async () => {
  connection = await connectHere();
});

afterAll(async () => {
  await connection.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  for (const path of [to, unfinished(to)]) rmSync(path, { force: true });
  writeFileSync(from, '');
});

/** As a move leaves it that was cut off. */
function begun(): void {
  writeFileSync(unfinished(to), 'half');
  execFileSync('ln', [unfinished(to), to]);
}

test('what a try has left is removed, under both names', async () => {
  begun();
  await removeDisks([{ from, to }], await connection.remote());
  expect([existsSync(to), existsSync(unfinished(to))]).toEqual([false, false]);
});

test('a file that the move has not made is not removed', async () => {
  writeFileSync(to, 'of another');
  writeFileSync(unfinished(to), 'half');
  await expect(removeDisks([{ from, to }], await connection.remote())).rejects.toThrow('was not made by this move');
  expect(readFileSync(to, 'utf8')).toBe('of another');
});

test('to a cold move it is the beginning of a copy, and not the copy', async () => {
  begun();
  const remote = await connection.remote();
  const run: typeof remote.run = async (argv, options) =>
    argv[0] === 'qemu-img' ? { exit: 0, stdout: '[]', stderr: '' } : remote.run(argv, options);
  const ends = { source: { ...remote, run }, target: { ...remote, run }, progress: () => undefined };
  await copyFile({ from, to }, ends);
  expect(readFileSync(to, 'utf8')).toBe('');
  expect(statSync(to).nlink).toBe(1);
});
