import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import type { Remote } from '../../src/core/plan.ts';
import type { Link } from '../../src/transport/channel.ts';
import type { Identity } from '../../src/transport/identity.ts';
import { createRemote } from '../../src/transport/remote.ts';
import { startTraffic, type TrafficMeter } from '../../src/transport/traffic.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';
import { identityOver, scratchFolder, shellsAndLinks } from '../support/transport.ts';

const password = 'x';

let server: TestServer;
beforeAll(async () => {
  server = await startSshServer({ password });
});
afterAll(() => server.close());

type Asked = () => Promise<unknown>;

/** An answer, or the code and the words of an error: what can be compared. Which tool complains is no matter. */
async function told(asked: Asked): Promise<unknown> {
  return asked().catch((error: unknown) => {
    if (!(error instanceof ProvisionError)) throw error;
    return `${error.diagnostics[0].code} ${error.message.replace(/: (cat|sha256sum): /, ': ')}`;
  });
}

async function oneByOne(asked: readonly Asked[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const each of asked) answers.push(await told(each));
  return answers;
}

/** Everything that a folder may hold, and names as odd as they come. */
function furnish(folder: string): string[] {
  const names = ['plain', 'a b', "it's", '-n', '*', '$HOME', 'ünï', 'back\\slash', 'a\nb', '(', '!', '"', '#x'];
  for (const name of names) writeFileSync(join(folder, name), `text of ${name}`);
  mkdirSync(join(folder, 'directory'), { mode: 0o750 });
  chmodSync(join(folder, 'directory'), 0o2750);
  symlinkSync('plain', join(folder, 'link'));
  symlinkSync('no where\n*', join(folder, 'dangling'));
  symlinkSync('loop', join(folder, 'loop'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(join(folder, 'empty'), '');
  const absent = ['none', 'none/below', 'plain/below', ': No such file or directory', 'no\nne', 'x: Permission denied'];
  const strange = ['directory', 'link', 'dangling', 'loop', 'loop/below', 'pipe', 'empty', ''.padEnd(300, 'x')];
  return [...[...names, ...absent, ...strange].map((name) => join(folder, name)), '/dev/zero', '/dev/null', ''];
}

describe.each(shellsAndLinks)('looks together over $way', ({ shell, open }) => {
  let link: Link;
  let identity: Identity;
  let remote: Remote;
  let traffic: TrafficMeter;
  let folder: string;
  beforeEach(async () => {
    folder = scratchFolder();
    link = await open(server, password);
    traffic = startTraffic();
    identity = identityOver(link, shell, traffic);
    remote = createRemote(identity);
  });
  afterEach(async () => {
    identity.close();
    await link.close();
  });

  const looksAt = (paths: readonly string[]): Asked[] =>
    paths.flatMap((path) => [
      () => remote.stat(path),
      () => remote.digest(path),
      () => remote.readText(path),
      () => remote.realPath(path),
    ]);

  test('tell what each of them tells alone', async () => {
    const looks = looksAt(furnish(folder));
    const alone = await oneByOne(looks);
    expect(await Promise.all(looks.map(told))).toEqual(alone);
    expect(await Promise.all([...looks].reverse().map(told))).toEqual([...alone].reverse());
    expect(new Set(alone.map((each) => typeof each))).toEqual(new Set(['object', 'string', 'undefined']));
  });

  test('tell the same of each kind alone, where all are there and where none is', async () => {
    const paths = furnish(folder).slice(0, 8);
    const absent = paths.map((path) => `${path}/none`);
    for (const look of [remote.stat, remote.digest, remote.readText]) {
      for (const some of [paths, absent]) {
        const looks = some.map((path) => () => look(path));
        expect(await Promise.all(looks.map(told))).toEqual(await oneByOne(looks));
      }
    }
  });

  test('are one request in one round trip, whether the files are there or not', async () => {
    await remote.query(['true']);
    const before = { ...traffic };
    const names = Array.from({ length: 50 }, (_, index) => join(folder, `file ${index}`));
    writeFileSync(join(folder, 'file 7'), '');
    const stats = await Promise.all(names.map((name) => remote.stat(name)));
    expect(stats.map((each) => each?.kind)).toEqual(names.map((_, index) => (index === 7 ? 'file' : undefined)));
    expect(traffic).toMatchObject({ requests: before.requests + 1, roundTrips: before.roundTrips + 1 });
  });

  test('a question between them does not part them, an effect does', async () => {
    const path = join(folder, 'file');
    const before = { ...traffic };
    const looks = [remote.stat(path), remote.query(['true']), remote.stat(path), remote.digest(path)];
    const write = remote.write({ path, content: 'new' });
    const later = [remote.readText(path), remote.stat(path)];
    expect(await Promise.all(looks)).toEqual([undefined, { exit: 0, stdout: '', stderr: '' }, undefined, undefined]);
    await write;
    expect(await Promise.all(later)).toMatchObject(['new', { size: 3 }]);
    expect(traffic.requests - before.requests).toBe(4);
  });

  test('a digest of what is read anyway is worked out here, in whatever order they are asked', async () => {
    const path = join(folder, 'file');
    const bytes = Buffer.from([0xff, 0x0a, 0x00, 0x80]);
    writeFileSync(path, bytes);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const answers = await Promise.all([remote.digest(path), remote.readText(path)]);
    expect(answers).toEqual([digest, '\uFFFD\n\0\uFFFD']);
    expect(await Promise.all([remote.readText(path), remote.stat(path), remote.digest(path)])).toMatchObject([
      answers[1],
      { size: 4 },
      digest,
    ]);
  });

  test('more than fit into one request are several', async () => {
    const names = Array.from({ length: 450 }, (_, index) => join(folder, String(index)));
    for (const name of names) writeFileSync(name, name);
    expect(await Promise.all(names.map((name) => remote.readText(name)))).toEqual(names);
    expect(traffic.requests).toBe(3);
  });
});
