import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LookCall, Remote } from '../../src/core/plan.ts';
import { ask } from '../../src/engine/look-call.ts';
import { NotStarted } from '../../src/transport/chain.ts';
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

/** What became of each: `done`, `not started`, or the name of another error. */
async function fates(work: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((each) => {
    if (each.status === 'fulfilled') return 'done';
    return each.reason instanceof NotStarted ? 'not started' : each.reason.name;
  });
}

describe.each(shellsAndLinks)('chains over $way', ({ shell, open }) => {
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

  const inFolder = (name: string): string => join(folder, name);
  const touch = (name: string) => ['touch', inFolder(name)];

  test('what follows a failure is not started, and what stands before it is done', async () => {
    const chain = remote.chain();
    const work = [
      remote.run(touch('a'), { chain }),
      remote.write({ path: inFolder('b'), content: 'b' }, { chain }),
      remote.run(['sh', '-c', 'exit 3'], { chain }),
      remote.run(touch('c'), { chain }),
      remote.write({ path: inFolder('d'), content: Buffer.alloc(200_000, 'd') }, { chain }),
      remote.run(['cat'], { chain, stdin: 'exit 1\n' }),
    ];
    const looks = [remote.query(['echo', 'seen']), remote.readText(inFolder('b'))];
    expect(await fates(work)).toEqual(['done', 'done', 'CommandFailed', 'not started', 'not started', 'not started']);
    expect(await Promise.all(looks)).toEqual([{ exit: 0, stdout: 'seen\n', stderr: '' }, 'b']);
    expect(['a', 'b', 'c', 'd'].filter((name) => existsSync(inFolder(name)))).toEqual(['a', 'b']);
    expect(await fates([remote.run(['true'], { chain }), remote.run(['true'])])).toEqual(['not started', 'done']);
  });

  test('what is not started wants no input, whether or not that would have come', async () => {
    const chain = remote.chain();
    const link = { chain, exits: [0] };
    let fetched = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        fetched += 1;
        yield Buffer.alloc(1024 * 1024);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(10);
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error('broken');
    };
    const failed = remote.run(['false'], { chain });
    const command = "'cat'";
    const work = [endless(), broken()].map((stdin) => identity.exchange({ command, stdin, link }));
    expect(await fates([failed])).toEqual(['CommandFailed']);
    expect(await Promise.all(work)).toMatchObject([{ skipped: true }, { skipped: true }]);
    expect(fetched).toBeLessThan(50);
    expect((await remote.query(['echo', 'after'])).stdout).toBe('after\n');
  });

  test('chains that are on their way together break apart from each other', async () => {
    const [first, second, third] = [remote.chain(), remote.chain(), remote.chain()];
    const work = [
      remote.run(['false'], { chain: first }),
      remote.run(['true'], { chain: second }),
      remote.run(['false'], { chain: third }),
      remote.run(['true'], { chain: first }),
      remote.run(['true'], { chain: second }),
      remote.run(['true'], { chain: third }),
    ];
    const failed = 'CommandFailed';
    expect(await fates(work)).toEqual([failed, 'done', failed, 'not started', 'done', 'not started']);
  });

  test('an exit status that is an answer breaks nothing', async () => {
    const chain = remote.chain();
    const work = [
      remote.run(['sh', '-c', 'exit 3'], { chain, exits: [0, 3] }),
      remote.run(['true'], { chain }),
      remote.run(['true'], { chain, exits: [1] }),
      remote.run(['true'], { chain }),
    ];
    expect(await fates(work)).toEqual(['done', 'done', 'CommandFailed', 'not started']);
  });

  test('what was seen is compared in one request, and breaks its chain only where it is not so', async () => {
    await remote.write({ path: inFolder('file'), content: 'text' });
    const looks = ['file', 'none'].flatMap((name) =>
      (['stat', 'digest', 'readText'] as const).map((kind) => ({ kind, path: inFolder(name) })),
    );
    const long = { kind: 'query', argv: ['seq', '2000'] } as const;
    const short = { kind: 'query', argv: ['sh', '-c', 'echo out; exit 3'], options: { exits: [3] } } as const;
    const calls: readonly LookCall[] = [...looks, { kind: 'stat', path: folder }, long, short];
    const seen = await Promise.all(calls.map(async (call) => ({ call, answer: await ask(remote, call) })));
    const [chain, before] = [remote.chain(), traffic.requests];
    expect(await fates([remote.stillSo(seen, chain), remote.run(touch('a'), { chain })])).toEqual(['done', 'done']);
    expect(traffic.requests - before).toBe(2);
    const other = { call: long, answer: { exit: 0, stdout: 'other\n', stderr: '' } };
    for (const wrong of [[...seen, other], seen.map(({ call }) => ({ call, answer: undefined })).slice(0, 1)]) {
      const broken = remote.chain();
      const work = [remote.stillSo(wrong, broken), remote.run(touch('b'), { chain: broken })];
      expect(await fates(work)).toEqual(['ChangedMeanwhile', 'not started']);
    }
    await remote.run(touch('none'));
    expect(await fates([remote.stillSo(seen, chain)])).toEqual(['ChangedMeanwhile']);
    expect(existsSync(inFolder('b'))).toBe(false);
  });

  test('a write that fails breaks its chain', async () => {
    const chain = remote.chain();
    const write = remote.write({ path: inFolder('none/file'), content: 'x' }, { chain });
    expect(await fates([write, remote.run(touch('a'), { chain })])).toEqual(['ProvisionError', 'not started']);
    expect(existsSync(inFolder('a'))).toBe(false);
  });

  test.each([
    ['ends', 'sleep 60'],
    ['says that all is well', 'trap "exit 0" TERM; while :; do sleep 0.1; done'],
    ['must be killed', 'trap "" TERM; while :; do sleep 1; done'],
  ])('a command that takes too long and then %s breaks its chain', async (_title, script) => {
    const chain = remote.chain();
    const work = [
      remote.run(['sh', '-c', script], { chain, timeout: 0.3 }),
      remote.run(touch('a'), { chain }),
      remote.run(touch('b')),
    ];
    expect(await fates(work)).toEqual(['ProvisionError', 'not started', 'done']);
    expect(existsSync(inFolder('a'))).toBe(false);
  });

  test('a command that takes too long to read its input and says that all is well breaks its chain', async () => {
    const chain = remote.chain();
    const argv = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];
    const work = [
      remote.run(argv, { chain, timeout: 0.3, stdin: Buffer.alloc(300_000) }),
      remote.run(touch('a'), { chain }),
    ];
    expect(await fates(work)).toEqual(['ProvisionError', 'not started']);
  });

  test('a command that is stopped breaks its chain', async () => {
    const chain = remote.chain();
    const stop = new AbortController();
    const work = [
      remote.run(['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'], { chain, signal: stop.signal }),
      remote.run(touch('a'), { chain }),
    ];
    setTimeout(() => stop.abort(), 300);
    expect(await fates(work)).toEqual(['AbortError', 'not started']);
  });

  test('many that are stopped together cost one interruption', async () => {
    const chain = remote.chain();
    const stop = new AbortController();
    const options = { chain, signal: stop.signal };
    const first = remote.run(['sleep', '60'], options);
    const work = Array.from({ length: 20 }, (_, index) => remote.run(touch(String(index)), options));
    setTimeout(() => stop.abort(), 300);
    expect(await fates([first, ...work])).toEqual(['AbortError', ...work.map(() => 'not started')]);
    // The list of what runs, and its end.
    expect(traffic).toMatchObject({ channels: 2, requests: 23 });
  });

  test('a command that floods breaks its chain', async () => {
    const chain = remote.chain();
    const work = [
      remote.run(['sh', '-c', 'while :; do dd if=/dev/zero bs=1048576 count=8 2>/dev/null; done'], { chain }),
      remote.run(touch('a'), { chain }),
    ];
    expect(await fates(work)).toEqual(['ProvisionError', 'not started']);
  });

  test('looks and effects are carried out in the order of their calls, in the same turn or not', async () => {
    const path = inFolder('log');
    const seen = [remote.readText(path)];
    const effects: Promise<unknown>[] = [];
    for (const digit of '0123456789') {
      effects.push(remote.run(['sh', '-c', 'printf %s "$2" >>"$1"', 'x', path, digit]));
      seen.push(remote.readText(path));
      if (Number(digit) % 3 === 0) await new Promise((resolve) => setTimeout(resolve, Number(digit)));
      effects.push(remote.write({ path: inFolder('copy'), content: digit }));
      seen.push(remote.readText(inFolder('copy')));
    }
    await Promise.all(effects);
    const expected = [...'0123456789'].flatMap((digit, index, digits) => [digits.slice(0, index + 1).join(''), digit]);
    expect(await Promise.all(seen)).toEqual([undefined, ...expected]);
  });

  test('a chain does not go on over another shell', async () => {
    const chain = remote.chain();
    await remote.run(['true'], { chain });
    identity.close();
    expect(await fates([remote.run(['true'], { chain }), remote.run(['true'])])).toEqual(['not started', 'done']);
  });

  test('what lasts keeps its place in a chain', async () => {
    const chain = remote.chain();
    const work = [
      remote.run(['sh', '-c', 'sleep 0.3; exit 1'], { chain, lasting: true }),
      remote.run(touch('a'), { chain }),
    ];
    expect(await fates(work)).toEqual(['CommandFailed', 'not started']);
  });

  test('what goes its own way cannot be part of a chain', async () => {
    const chain = remote.chain();
    const bug = { diagnostics: [{ code: 'PV9001' }] };
    await expect(
      remote.write({ path: '/x', content: { url: 'http://127.0.0.1:1/' } }, { chain }),
    ).rejects.toMatchObject(bug);
    const other = createRemote(identityOver(link, shell));
    await expect(other.run(['true'], { chain })).rejects.toMatchObject(bug);
  });
});
