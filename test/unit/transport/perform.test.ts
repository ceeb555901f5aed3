import { expect, test } from 'vitest';
import { problem } from '../../../src/core/diagnostic.ts';
import type { Effect, Keep, Remote, Seen, Verdict } from '../../../src/core/plan.ts';
import { type PerformContext, perform, type Transcript } from '../../../src/transport/perform.ts';

/** Answers from lists; what is asked beyond them is a mistake of the test. */
function remoteWith(looks: readonly (Buffer | undefined)[], calls: string[] = []): Remote {
  const rest = [...looks];
  const unexpected = (): never => {
    throw new Error('not expected');
  };
  return {
    query: async (argv) => {
      calls.push(`query ${argv.join(' ')}`);
      return { exit: 3, stdout: 'running', stderr: '' };
    },
    readFrom: async (path, offset) => {
      calls.push(`read ${path} ${offset}`);
      return rest.shift();
    },
    run: async (argv, options) => {
      calls.push(`run ${argv.join(' ')} ${Object.keys(options ?? {}).sort()}`);
      options?.onLine?.('a line');
      return { exit: 0, stdout: '', stderr: '' };
    },
    write: async ({ path }) => void calls.push(`write ${path}`),
    listenOn: unexpected,
    connectTo: unexpected,
    chain: unexpected,
    stillSo: unexpected,
    realPath: unexpected,
    stat: unexpected,
    digest: unexpected,
    readText: unexpected,
    fetchText: unexpected,
  };
}

function contextWith(more: Partial<PerformContext> = {}): PerformContext & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    pins: { pinned: () => ['ssh-ed25519 OLD'], pin: (name, keys) => void told.push(`pin ${name} ${keys}`) },
    onProgress: ({ phase }) => void told.push(`phase ${phase}`),
    onLine: (line) => void told.push(`line ${line}`),
    fresh: () => Promise.reject(new Error('not asked for')),
    elsewhere: () => Promise.reject(new Error('not asked for')),
    ...more,
  };
}

type Follow = Extract<Effect, { kind: 'follow' }>;

function follow(
  verdicts: readonly Verdict[],
  more: Partial<Follow> = {},
): { readonly effect: Follow; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const late = () => problem('PV5020', 'too late').diagnostics[0];
  const judge = () => {
    const rest = [...verdicts];
    return (each: Seen): Verdict => {
      seen.push(each);
      return rest.shift() ?? { kind: 'more' };
    };
  };
  return { seen, effect: { kind: 'follow', log: '/log', every: 0.01, within: 5, judge, late, ...more } };
}

test('what runs is passed on with its options, lines only where it lasts', async () => {
  const calls: string[] = [];
  const context = contextWith();
  await perform({ kind: 'run', argv: ['a'], timeout: 5 }, remoteWith([], calls), context);
  await perform({ kind: 'run', argv: ['b'], lasting: true }, remoteWith([], calls), context);
  await perform({ kind: 'write', path: '/x', content: '' }, remoteWith([], calls), context);
  expect(calls).toEqual(['run a timeout', 'run b lasting,onLine', 'write /x']);
  expect(context.told).toEqual(['line a line']);
});

test('a log is read from where the last look ended, letters cut in two are put together', async () => {
  const bytes = Buffer.from('naïve 漢字 \xff');
  const calls: string[] = [];
  const { effect, seen } = follow([{ kind: 'more' }, { kind: 'more' }, { kind: 'more' }, { kind: 'done' }]);
  await perform(
    effect,
    remoteWith([bytes.subarray(0, 3), bytes.subarray(3, 9), Buffer.alloc(0), bytes.subarray(9)], calls),
    contextWith(),
  );
  expect(seen.map(({ text }) => text).join('')).toBe('naïve 漢字 \xff');
  expect(calls).toEqual(['read /log 0', 'read /log 3', 'read /log 9', 'read /log 9']);
});

test('what is not UTF-8 is shown as such', async () => {
  const { effect, seen } = follow([{ kind: 'done' }]);
  await perform(effect, remoteWith([Buffer.from([0x61, 0xff, 0x62])]), contextWith());
  expect(seen[0]?.text).toBe('a\ufffdb');
});

test('a log that is gone and comes again is read from its beginning', async () => {
  const calls: string[] = [];
  const { effect, seen } = follow([{ kind: 'more' }, { kind: 'more' }, { kind: 'done' }]);
  await perform(effect, remoteWith([Buffer.from('old'), undefined, Buffer.from('new')], calls), contextWith());
  expect(seen.map(({ text }) => text)).toEqual(['old', '', 'new']);
  expect(calls.at(-1)).toBe('read /log 0');
});

test('a log and a question go out together, whatever the answer', async () => {
  const calls: string[] = [];
  const { effect, seen } = follow([{ kind: 'done' }], { query: ['virsh', 'domstate', 'x'], pinFor: 'everest' });
  const output = await perform(effect, remoteWith([Buffer.from('text')], calls), contextWith());
  expect(calls).toEqual(['read /log 0', 'query virsh domstate x']);
  expect(seen[0]).toMatchObject({ text: 'text', output: { exit: 3, stdout: 'running' }, pinned: ['ssh-ed25519 OLD'] });
  expect(output).toMatchObject({ exit: 3 });
});

test('progress is told, keys are pinned when it is done', async () => {
  const verdicts: readonly Verdict[] = [
    { kind: 'more', progress: { phase: 'partitions' } },
    { kind: 'done', hostKeys: ['ssh-ed25519 NEW'] },
  ];
  const context = contextWith();
  await perform(follow(verdicts, { pinFor: 'everest' }).effect, remoteWith([]), context);
  expect(context.told).toEqual(['phase partitions', 'pin everest ssh-ed25519 NEW']);
});

test('a failed verdict is thrown as it is', async () => {
  const diagnostic = problem('PV5001', 'the installer stopped').diagnostics[0];
  await expect(perform(follow([{ kind: 'failed', diagnostic }]).effect, remoteWith([]), contextWith())).rejects.toThrow(
    'the installer stopped',
  );
});

test('what takes too long fails by its own word', async () => {
  await expect(perform(follow([], { within: 0.05 }).effect, remoteWith([]), contextWith())).rejects.toThrow('too late');
});

test('following stops when it is told to', async () => {
  const stop = new AbortController();
  const following = perform(
    follow([], { every: 60, within: 600 }).effect,
    remoteWith([]),
    contextWith({ signal: stop.signal }),
  );
  setTimeout(() => stop.abort(), 20);
  await expect(following).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

test('nothing begins after it was told to stop', async () => {
  const calls: string[] = [];
  const context = contextWith({ signal: AbortSignal.abort() });
  await expect(perform({ kind: 'run', argv: ['a'] }, remoteWith([], calls), context)).rejects.toThrow();
  expect(calls).toEqual([]);
});

test('a function gets the remote and tells its progress', async () => {
  const context = contextWith();
  await perform(
    { kind: 'custom', name: 'x', act: async (_remote, progress) => progress({ phase: 'here' }) },
    remoteWith([]),
    context,
  );
  expect(context.told).toEqual(['phase here']);
});

test('what is followed is kept, and a failure says where', async () => {
  const told: string[] = [];
  const earlier = [{ total: 60, milestones: [] }];
  const transcript: Transcript = {
    path: '/kept.log',
    earlier,
    add: (text) => void told.push(`add ${text}`),
    learn: ({ total }) => void told.push(`learn ${total}`),
    close: () => void told.push('close'),
  };
  const transcribe = ({ name, began, kind }: Keep) => {
    told.push(`begin ${name} ${began} ${kind}`);
    return transcript;
  };
  const keep = { name: 'everest', began: 'now', kind: 'small' };
  const pace = { total: 70, milestones: [] };
  const well = follow([{ kind: 'done', pace }], { keep });
  await perform(well.effect, remoteWith([Buffer.from('one')]), contextWith({ transcribe }));
  expect(well.seen[0]).toMatchObject({ earlier });
  const diagnostic = problem('PV5401', 'it stopped', { help: 'mend it' }).diagnostics[0];
  const ill = follow([{ kind: 'failed', diagnostic }], { keep });
  const failed = perform(ill.effect, remoteWith([Buffer.from('two')]), contextWith({ transcribe }));
  await expect(failed).rejects.toMatchObject({ diagnostics: [{ help: 'mend it; all it said: /kept.log' }] });
  expect(told).toEqual([
    ...['begin everest now small', 'add one', 'learn 70', 'close'],
    ...['begin everest now small', 'add two', 'close'],
  ]);
});
