import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProvisionError } from '../../../../src/core/diagnostic.ts';
import type { Remote } from '../../../../src/core/plan.ts';
import { copyFile, unfinished } from '../../../../src/modules/libvirt/copy-file.ts';
import type { Connection } from '../../../../src/transport/connect.ts';
import { connectHere, scratchFolder } from '../../../support/transport.ts';

const mebibyte = 1024 * 1024;
const block = 64 * 1024;
const zeros = Buffer.alloc(block);
const folder = scratchFolder();
const [from, to] = [join(folder, 'source.img'), join(folder, 'copy.img')];
let connection: Connection;
let remote: Remote;

beforeAll(async () => {
  connection = await connectHere();
  remote = mapping(await connection.remote());
});

afterAll(async () => {
  await connection.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  for (const path of [from, to, unfinished(to)]) rmSync(path, { force: true });
  const file = openSync(from, 'w');
  for (const at of [0, 1, 9, 30, 31, 32, 33, 47])
    writeSync(file, Buffer.alloc(mebibyte, at + 1), 0, mebibyte, at * mebibyte);
  writeSync(file, Buffer.from('the end'), 0, 7, 60 * mebibyte + 11);
  closeSync(file);
});

test('a copy is the same, its holes are holes, and only what holds something is read', async () => {
  let percent = 0;
  const read = recording(remote);
  await copyFile(
    { from, to },
    {
      source: read.remote,
      target: remote,
      progress: (now) => {
        percent = now.percent ?? percent;
      },
    },
  );
  expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
  expect(read.sent()).toBeLessThan(10 * mebibyte);
  expect(allocated(to)).toBeLessThanOrEqual(allocated(from) + block);
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(percent).toBe(100);
});

test('what was brought before is not sent again, what has changed is, and what is a hole becomes one', async () => {
  const read = recording(remote);
  await copyFile({ from, to }, { source: remote, target: remote, progress: () => undefined });
  execFileSync('mv', [to, unfinished(to)]);
  const draft = openSync(unfinished(to), 'r+');
  writeSync(draft, Buffer.from('spoilt'), 0, 6, 31 * mebibyte);
  writeSync(draft, Buffer.alloc(mebibyte, 99), 0, mebibyte, 20 * mebibyte);
  closeSync(draft);
  truncateSync(unfinished(to), 61 * mebibyte);
  await copyFile({ from, to }, { source: read.remote, target: remote, progress: () => undefined });
  expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
  // The piece from 24 to 32 MiB holds two of data, from 30 on.
  expect(read.sent()).toBe(2 * mebibyte);
  expect(allocated(to)).toBeLessThanOrEqual(allocated(from) + block);
});

test('cut off anywhere, the same again brings it to its end', async () => {
  const stop = new AbortController();
  const cut: Remote = {
    ...remote,
    run: (argv, options = {}) =>
      remote.run(argv, {
        ...options,
        ...(options.onBytes && {
          onBytes: async (bytes: Uint8Array) => {
            await options.onBytes?.(bytes);
            stop.abort();
          },
        }),
      }),
  };
  const first = copyFile({ from, to }, { source: cut, target: remote, progress: () => undefined, signal: stop.signal });
  await expect(first).rejects.toThrow('was stopped');
  expect(statSync(to, { throwIfNoEntry: false })).toBeUndefined();
  await copyFile({ from, to }, { source: remote, target: remote, progress: () => undefined });
  expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
});

test('another file of that name is neither taken for the copy nor touched', async () => {
  execFileSync('sh', ['-c', `echo another >${to}`]);
  const error: unknown = await copyFile(
    { from, to },
    { source: remote, target: remote, progress: () => undefined },
  ).catch((failure: unknown) => failure);
  expect(error instanceof ProvisionError && error.diagnostics[0].code).toBe('PV5320');
  expect(readFileSync(to, 'utf8')).toBe('another\n');
});

test('a program that fails on either side ends the other', async () => {
  const full: Remote = {
    ...remote,
    run: (argv, options) =>
      argv[2]?.includes('dd of=')
        ? remote.run(['sh', '-c', 'echo no space left >&2; exit 1'], options)
        : remote.run(argv, options),
  };
  await expect(copyFile({ from, to }, { source: remote, target: full, progress: () => undefined })).rejects.toThrow(
    'no space left',
  );
  const broken: Remote = {
    ...remote,
    run: (argv, options) =>
      options?.onBytes ? remote.run(['sh', '-c', 'echo bad disk >&2; exit 1'], options) : remote.run(argv, options),
  };
  await expect(copyFile({ from, to }, { source: broken, target: remote, progress: () => undefined })).rejects.toThrow(
    'bad disk',
  );
});

function allocated(path: string): number {
  return statSync(path).blocks * 512;
}

function recording(other: Remote): { readonly remote: Remote; sent(): number } {
  let sent = 0;
  const run: Remote['run'] = (argv, options = {}) =>
    other.run(argv, {
      ...options,
      ...(options.onBytes && {
        onBytes: (bytes: Uint8Array) => {
          sent += bytes.length;
          return options.onBytes?.(bytes) ?? Promise.resolve();
        },
      }),
    });
  return { remote: { ...other, run }, sent: () => sent };
}

/** Says where a file holds something as `qemu-img map` does, which is not on every machine: by blocks of 64 KiB. */
function mapping(other: Remote): Remote {
  return {
    ...other,
    run: async (argv, options) => {
      if (argv[0] !== 'qemu-img') return other.run(argv, options);
      const bytes = readFileSync(argv.at(-1) ?? '');
      const entries = Array.from({ length: Math.ceil(bytes.length / block) }, (_, at) => {
        const part = bytes.subarray(at * block, (at + 1) * block);
        return {
          start: at * block,
          length: part.length,
          zero: false,
          data: !part.equals(zeros.subarray(0, part.length)),
        };
      });
      return { exit: 0, stdout: JSON.stringify(entries), stderr: '' };
    },
  };
}
