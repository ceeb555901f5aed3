import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import type { FileWrite, Remote } from '../../src/core/plan.ts';
import type { Connection } from '../../src/transport/connect.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';
import { connectHere, connectTo, scratchFolder, settingsFor } from '../support/transport.ts';

const megabyte = 1024 * 1024;
const oddNames = [
  'plain',
  'a b',
  "it's",
  'a\nb',
  '-n',
  '*',
  '$HOME',
  'ünï',
  'back\\slash',
  ': No such file or directory',
];

let server: TestServer;
beforeAll(async () => {
  server = await startSshServer({ password: 'x' });
});
afterAll(() => server.close());

const code = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProvisionError)) throw error;
  expect(error.diagnostics[0].help).toBeTruthy();
  return `${error.diagnostics[0].code} ${error.message}`;
};

describe.each([
  ['this machine', connectHere],
  ['ssh', () => connectTo(settingsFor(server, { password: 'x' }))],
])('files over %s', (_way, open) => {
  let connection: Connection;
  let remote: Remote;
  let folder: string;
  beforeEach(async () => {
    folder = scratchFolder();
    connection = await open();
    remote = await connection.remote();
  });
  afterEach(() => connection.close());

  test.each(oddNames)('a file called %j is written, found, digested and read', async (name) => {
    const path = join(folder, name);
    await remote.write({ path, content: `content of ${name}`, mode: '0640' });
    const [stat, digest, text] = await Promise.all([remote.stat(path), remote.digest(path), remote.readText(path)]);
    expect(stat).toMatchObject({ kind: 'file', mode: '0640', size: Buffer.byteLength(`content of ${name}`) });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(text).toBe(`content of ${name}`);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test('what is not there is absent, also below a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    const paths = [...oddNames.map((name) => join(folder, 'none', name)), join(folder, 'file', 'below')];
    const looks = paths.flatMap((path) => [
      remote.stat(path),
      remote.digest(path),
      remote.readText(path),
      remote.readFrom(path, 3),
    ]);
    expect(new Set(await Promise.all(looks))).toEqual(new Set([undefined]));
  });

  test('a name that no file can have fails alone', async () => {
    const path = join(folder, 'a\0b');
    const asked = [remote.stat(path), remote.digest(path), remote.readText(path), remote.stat(folder)];
    const settled = await Promise.allSettled(asked);
    expect(settled.map((one) => (one.status === 'rejected' ? one.reason.diagnostics[0].code : 'seen'))).toEqual([
      'PV5027',
      'PV5027',
      'PV5027',
      'seen',
    ]);
  });

  test('what cannot be read is no absence', async () => {
    mkdirSync(join(folder, 'directory'));
    symlinkSync('loop', join(folder, 'loop'));
    expect(await code(remote.readText(join(folder, 'directory')))).toMatch(/^PV5022 .*: Is a directory$/);
    expect(await code(remote.digest(join(folder, 'loop')))).toMatch(/^PV5022 .*: Too many levels of symbolic links$/);
    expect(await code(remote.stat('/'.padEnd(5000, 'x')))).toMatch(/^PV5022 .*: File name too long$/);
  });

  test('what is no regular file is never opened: a pipe would be waited for, a device may answer without end', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
    symlinkSync('/dev/zero', join(folder, 'link'));
    const told = (path: string): string => `PV5022 ${path} cannot be looked at: ${path} is no regular file`;
    for (const path of [pipe, join(folder, 'link')]) {
      expect(await code(remote.digest(path))).toBe(told(path));
      expect(await code(remote.readText(path))).toBe(told(path));
      expect(await code(remote.readFrom(path, 0))).toBe(told(path));
    }
  });

  test('a link is itself, with where it leads', async () => {
    const target = 'no where\n*';
    symlinkSync(target, join(folder, 'link'));
    mkdirSync(join(folder, 'directory'), { mode: 0o750 });
    chmodSync(join(folder, 'directory'), 0o2750);
    expect(await remote.stat(join(folder, 'link'))).toMatchObject({ kind: 'link', target });
    expect(await remote.stat(join(folder, 'directory'))).toMatchObject({ kind: 'directory', mode: '2750' });
    expect(await remote.stat('/dev/null')).toMatchObject({ kind: 'other', mode: '0666', owner: 'root', group: 'root' });
  });

  test('a growing file is read from where one is, any bytes, a quarter of a megabyte at a time', async () => {
    const bytes = randomBytes(300 * 1024);
    const path = join(folder, 'log');
    writeFileSync(path, bytes);
    const pieces = await Promise.all([0, 5, 262_144, 307_200, 400_000].map((offset) => remote.readFrom(path, offset)));
    expect(pieces.map((piece) => piece?.length)).toEqual([262_144, 262_144, 45_056, 0, 0]);
    expect(Buffer.from(pieces[1] ?? []).equals(bytes.subarray(5, 262_149))).toBe(true);
  });

  test.each([0, 1, megabyte, 5 * megabyte + 3])('%i bytes are written exactly, with owner and mode', async (size) => {
    const content = randomBytes(size);
    const path = join(folder, 'file');
    await remote.write({ path, content });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(lstatSync(path).mode & 0o7777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('a file keeps its mode where none is asked for, and its owner', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    chmodSync(path, 0o4711);
    await remote.write({ path, content: 'new' });
    expect([readFileSync(path, 'utf8'), (lstatSync(path).mode & 0o7777).toString(8)]).toEqual(['new', '4711']);
  });

  test('a check sees the new content under a temporary name', async () => {
    const path = join(folder, 'file');
    await remote.write({
      path,
      content: 'new\n',
      validate: ['sh', '-c', 'grep -q new "$1" && test "$1" != "$2"', 'x', '%s', path],
    });
    expect(readFileSync(path, 'utf8')).toBe('new\n');
  });

  const failures: readonly (readonly [string, Partial<FileWrite>, RegExp])[] = [
    [
      'its check refuses it',
      { validate: ['sh', '-c', 'echo line 3 is wrong >&2; exit 1'] },
      /^PV5024 .*: line 3 is wrong$/,
    ],
    ['its check is not installed', { validate: ['no-such-program', '%s'] }, /^PV5024 .*not found/],
    ['its checksum differs', { sha256: '0'.repeat(64) }, /^PV5025 /],
    ['its owner does not exist', { owner: 'nobody-of-that-name' }, /^PV5023 .*its owner or mode could not be set/],
  ];
  test.each(failures)('the old file stays, and nothing beside it, where %s', async (_title, more, told) => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    expect(await code(remote.write({ path, content: 'new', ...more }))).toMatch(told);
    expect([readFileSync(path, 'utf8'), ...readdirSync(folder)]).toEqual(['old', 'file']);
  });

  test('a file is not put where there is a directory, or no folder', async () => {
    mkdirSync(join(folder, 'directory'));
    expect(await code(remote.write({ path: join(folder, 'directory'), content: 'x' }))).toMatch(
      /^PV5023 .*a directory of that name/,
    );
    expect(await code(remote.write({ path: join(folder, 'none', 'file'), content: 'x' }))).toMatch(/^PV5023/);
    expect(readdirSync(folder)).toEqual(['directory']);
    expect(readdirSync(join(folder, 'directory'))).toEqual([]);
  });

  test('what is wrong with a command is told with its last words', async () => {
    expect(await code(remote.query(['sh', '-c', 'echo first >&2; echo last >&2; exit 4']))).toMatch(
      /^PV5001 .* exit status 4: last$/,
    );
    expect(await code(remote.query(['no-such-program']))).toMatch(
      /^PV5001 .* exit status 127, which means that there is no such command$/,
    );
    const script = remote.run(['sh', '-c', 'echo last >&2; exit 4'], { called: 'the script' });
    expect(await code(script)).toMatch(/^PV5001 the script ended with exit status 4: last$/);
    expect(await code(remote.query(['a\0b']))).toMatch(/^PV5027/);
    expect((await remote.query(['false'], { exits: [0, 1] })).exit).toBe(1);
  });

  test('environment and folder reach a command without standing in any argv', async () => {
    const options = { environment: { WORD: "it's\n$HOME" }, directory: folder };
    expect((await remote.run(['sh', '-c', 'echo "$WORD"; pwd'], options)).stdout).toBe(`it's\n$HOME\n${folder}\n`);
    const seen = await remote.run(['sh', '-c', 'tr "\\0" " " </proc/$PPID/cmdline'], {
      environment: { SECRET: 'hidden' },
    });
    expect(seen.stdout).not.toContain('hidden');
    expect(await code(remote.run(['true'], { environment: { 'a b': '' } }))).toMatch(/^PV5027/);
  });

  describe('from a URL', () => {
    const content = randomBytes(3 * megabyte + 11);
    let web: Server;
    let address: string;
    beforeAll(async () => {
      web = createServer(({ url }, response) => {
        if (url === '/none') response.writeHead(404).end();
        else if (url === '/broken') response.write(content, () => response.destroy());
        else response.end(content);
      });
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', () => resolve()));
      address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    });
    afterAll(() => void web.close());

    test('a file is streamed through, and a command is fed', async () => {
      const path = join(folder, 'file');
      await remote.write({ path, content: { url: `${address}/file` }, mode: '0600' });
      expect(readFileSync(path).equals(content)).toBe(true);
      const counted = await remote.run(['wc', '-c'], { stdin: { url: `${address}/file` } });
      expect(counted.stdout.trim()).toBe(String(content.length));
    });

    test('a file is streamed through also where other requests can be stopped by the same signal', async () => {
      const { signal } = new AbortController();
      const path = join(folder, 'file');
      await remote.run(['true'], { signal });
      await remote.write({ path, content: { url: `${address}/file` } }, { signal });
      expect(readFileSync(path).equals(content)).toBe(true);
    });

    test.each(['none', 'broken'])('nothing is left behind where it is %s', async (name) => {
      const path = join(folder, 'file');
      expect(await code(remote.write({ path, content: { url: `${address}/${name}` } }))).toMatch(/^PV5026 /);
      expect(readdirSync(folder)).toEqual([]);
    });

    test('a command does not take the beginning for the whole', async () => {
      const command = ['sh', '-c', 'cat >"$1.part" && mv "$1.part" "$1"', 'x', join(folder, 'file')];
      expect(await code(remote.run(command, { stdin: { url: `${address}/broken` } }))).toMatch(/^PV5026 /);
      expect(readdirSync(folder)).not.toContain('file');
    });

    test('a write that is stopped leaves nothing behind', async () => {
      const stop = new AbortController();
      const slow = createServer((_request, response) => void response.write('x'));
      await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', () => resolve()));
      const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
      const writing = remote.write({ path: join(folder, 'file'), content: { url } }, { signal: stop.signal });
      setTimeout(() => stop.abort(), 300);
      await expect(writing).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
      expect(readdirSync(folder)).toEqual([]);
      slow.closeAllConnections();
      slow.close();
    });
  });
});
