import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import type { Chain, FileWrite, Remote } from '../../src/core/plan.ts';
import type { Link } from '../../src/transport/channel.ts';
import type { Identity } from '../../src/transport/identity.ts';
import { createRemote } from '../../src/transport/remote.ts';
import { ChangedMeanwhile } from '../../src/transport/still-so.ts';
import { startTraffic, type TrafficMeter } from '../../src/transport/traffic.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';
import { identityOver, scratchFolder, shellsAndLinks } from '../support/transport.ts';

const password = 'x';

let server: TestServer;
beforeAll(async () => {
  server = await startSshServer({ password });
});
afterAll(() => server.close());

/** A file to be written, or a path that is taken to be absent. */
type Item = Partial<FileWrite> | { readonly absent: string };

/** Lists of what is done in one go; it must come out as if each had waited for the one before. */
const lists: readonly (readonly [title: string, items: readonly Item[]])[] = [
  ['new files', [{ path: 'a' }, { path: 'b', content: 'two\nlines\n', mode: '0640' }, { path: 'c', mode: '4755' }]],
  ['odd names', [' a', "it's", 'a\nb', '-n', '*', '$HOME', 'ünï', 'back\\slash'].map((path) => ({ path }))],
  [
    'odd texts',
    ['', '\n', '%s\\n', "'", '$(id)', '`id`', '-n', 'ünï'].map((content, index) => ({ path: `t${index}`, content })),
  ],
  ['files that are there keep what is not told', [{ path: 'old' }, { path: 'old', mode: '0600' }, { path: 'a' }]],
  ['a file twice', [{ path: 'a', owner: '1000', mode: '0600' }, { path: 'a' }, { path: 'a', content: 'last' }]],
  ['two names of a folder', [{ path: 'sub/a', owner: '1000', mode: '0604' }, { path: 'link/a' }]],
  [
    'owners',
    [
      { path: 'a', owner: '1000', group: '1001' },
      { path: 'b', owner: '1000' },
      { path: 'c', group: '1001' },
    ],
  ],
  ['a link is replaced', [{ path: 'loose' }, { path: 'tight' }]],
  ['no such folder', [{ path: 'a' }, { path: 'none/b' }, { path: 'c' }]],
  ['a directory of that name', [{ path: 'a' }, { path: 'sub' }, { path: 'c' }]],
  ['no such owner', [{ path: 'a' }, { path: 'b', owner: 'nobody-of-that-name' }, { path: 'c' }]],
  ['the wrong checksum', [{ path: 'a' }, { path: 'b', sha256: '0'.repeat(64) }, { path: 'c' }]],
  ['refused by a check', [{ path: 'a' }, { path: 'b', validate: ['grep', '-q', 'none', '%s'] }, { path: 'c' }]],
  ['a check sees what was written before', [{ path: 'a' }, { path: 'b', validate: ['test', '-e', 'a'] }]],
  ['a check that changes the file', [{ path: 'a' }, { path: 'b', validate: ['sh', '-c', 'echo more >>"$0"', '%s'] }]],
  ['absent as it was thought', [{ path: 'a' }, { absent: 'b' }, { path: 'b' }, { absent: 'c' }]],
  ['no more absent', [{ path: 'a' }, { path: 'b' }, { absent: 'a' }, { path: 'c' }]],
  ['no more absent by another name', [{ path: 'sub/a' }, { absent: 'link/a' }, { path: 'link/a' }]],
];

describe.each(shellsAndLinks)('files written together over $way', ({ shell, open }) => {
  let link: Link;
  let identity: Identity;
  let remote: Remote;
  let traffic: TrafficMeter;
  beforeEach(async () => {
    link = await open(server, password);
    traffic = startTraffic();
    identity = identityOver(link, shell, traffic);
    remote = createRemote(identity);
  });
  afterEach(async () => {
    identity.close();
    await link.close();
  });

  const write = (folder: string, item: Item, chain: Chain): Promise<void> => {
    if ('absent' in item) {
      const call = { kind: 'stat', path: join(folder, item.absent) } as const;
      return remote.stillSo([{ call, answer: undefined }], chain);
    }
    const { path = '', validate } = item;
    const inside = (word: string): string =>
      existsSync(join(folder, word)) || word === 'a' ? join(folder, word) : word;
    return remote.write(
      {
        content: `text of ${path}`,
        ...item,
        path: join(folder, path),
        ...(validate && { validate: validate.map(inside) }),
      },
      { chain },
    );
  };

  test.each(lists)('as one after the other: %s', async (_title, items) => {
    const [one, other] = [preparedFolder(), preparedFolder()];
    const [slow, quick] = [remote.chain(), remote.chain()];
    const apart: string[] = [];
    for (const item of items) apart.push(...(await fates([write(one, item, slow)], one)));
    const before = traffic.requests;
    const together = await fates(
      items.map((item) => write(other, item, quick)),
      other,
    );
    expect(traffic.requests - before).toBe(1);
    expect(together).toEqual(apart);
    expect(contents(other)).toEqual(contents(one));
  });

  test('what is stopped in its turn leaves what was before it in place, and nothing after it', async () => {
    const folder = preparedFolder();
    const chain = remote.chain();
    const stop = new AbortController();
    const begun = join(folder, 'begun');
    const validate = ['sh', '-c', ': >"$0"; exec sleep 60', begun];
    const files = [{ path: 'a' }, { path: 'b', validate }, { path: 'c' }];
    const work = files.map((file) => {
      const whole = { content: 'text', ...file, path: join(folder, file.path) };
      return remote.write(whole, { chain, signal: stop.signal });
    });
    const ends = fates(work, folder);
    await expect.poll(() => existsSync(begun), { timeout: 10_000 }).toBe(true);
    stop.abort();
    expect(await ends).toEqual(['done', 'AbortError', 'NotStarted']);
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'begun', 'link', 'loose', 'old', 'sub', 'tight']);
    expect((await remote.query(['echo', 'after'])).stdout).toBe('after\n');
  });

  test('what is asked between two files sees the first alone', async () => {
    const folder = preparedFolder();
    const chain = remote.chain();
    const first = write(folder, { path: 'a' }, chain);
    const seen = Promise.all([remote.readText(join(folder, 'a')), remote.stat(join(folder, 'b'))]);
    await Promise.all([first, write(folder, { path: 'b' }, chain), write(folder, { path: 'c' }, chain)]);
    expect(await seen).toEqual(['text of a', undefined]);
  });

  test('what has another chain, or none, is not held up by a failure', async () => {
    const folder = preparedFolder();
    const [one, other] = [remote.chain(), remote.chain()];
    const alone = remote.write({ path: join(folder, 'alone'), content: '' });
    const work = [{ path: 'none/a' }, { path: 'b' }].flatMap((item) => [
      write(folder, item, one),
      write(folder, item, other),
    ]);
    expect((await fates([...work, alone], folder)).map((fate) => fate.slice(0, 10))).toEqual([
      ...['PV5023 @/n', 'PV5023 @/n', 'NotStarted', 'NotStarted', 'done'],
    ]);
    await fates([write(folder, { path: 'later' }, remote.chain())], folder);
    expect(existsSync(join(folder, 'later'))).toBe(true);
  });
});

/** With a file of another owner and mode, a folder that has two names, and links. */
function preparedFolder(): string {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'sub'));
  symlinkSync('sub', join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'loose'));
  writeFileSync(join(folder, 'old'), 'old');
  chmodSync(join(folder, 'old'), 0o604);
  chownSync(join(folder, 'old'), 1000, 1001);
  symlinkSync('old', join(folder, 'tight'));
  return folder;
}

async function fates(work: readonly Promise<unknown>[], folder: string): Promise<string[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((each) => {
    if (each.status === 'fulfilled') return 'done';
    if (each.reason instanceof ChangedMeanwhile) return each.reason.name;
    if (!(each.reason instanceof ProvisionError)) return each.reason.name;
    const { code, transcript = '' } = each.reason.diagnostics[0];
    const text = `${code} ${each.reason.message} ${transcript}`.replaceAll(folder, '@');
    // One of the shells tells which of our functions it was in.
    return text.replaceAll(/\.provision-[0-9a-f]+/g, 'TEMPORARY').replaceAll(/(eval|_next)\[\d+\]: /g, '');
  });
}

/** Everything below a folder: kind and mode, owner, content. */
function contents(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, uid, gid } = statSync(path);
      return `${path.slice(folder.length)} ${mode.toString(8)} ${uid}:${gid} ${readFileSync(path, 'utf8')}`;
    })
    .toSorted();
}
