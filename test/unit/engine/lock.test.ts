import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProvisionError } from '../../../src/core/diagnostic.ts';
import type { Remote } from '../../../src/core/plan.ts';
import { acquireLock, type Lock } from '../../../src/engine/lock.ts';
import type { Link } from '../../../src/transport/channel.ts';
import type { Identity } from '../../../src/transport/identity.ts';
import { openLocal } from '../../../src/transport/local.ts';
import { createRemote } from '../../../src/transport/remote.ts';
import { identityOver, scratchFolder, shells } from '../../support/transport.ts';

interface Side {
  readonly remote: Remote;
  readonly identity: Identity;
  readonly link: Link;
}

async function openSide(shell: string): Promise<Side> {
  const link = openLocal();
  const identity = identityOver(link, shell);
  await identity.current().started();
  return { link, identity, remote: createRemote(identity) };
}

/** A host without flock: what the script asks for is not found. */
function withoutFlock(remote: Remote): Remote {
  const hide = (argv: readonly string[]): string[] =>
    argv.map((word, index) => (index === 2 ? `command() { [ "$2" != flock ]; }\n${word}` : word));
  return { ...remote, run: (argv, options) => remote.run(hide(argv), options) };
}

async function refusal(attempt: Promise<Lock>): Promise<string> {
  const error = await attempt.then(
    () => 'taken',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProvisionError)) return String(error);
  return `${error.diagnostics[0].code} ${error.message}`;
}

const lineOf = (folder: string, line: number): number =>
  Number(readFileSync(join(folder, 'lock'), 'utf8').split('\n')[line]);
const holderOf = (folder: string): number => lineOf(folder, 3);
const sessionOf = (folder: string): number => lineOf(folder, 5);

/** Not counting one that has ended and only waits to be noticed. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const uptime = (): number => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));

describe.each(
  shells.slice(0, 3).flatMap((shell) => [
    { shell, way: 'flock', see: (remote: Remote) => remote },
    { shell, way: 'a folder', see: withoutFlock },
  ]),
)('the lock by $way, in $shell', ({ shell, see }) => {
  let folder: string;
  let ours: Side;
  let theirs: Side;
  beforeEach(async () => {
    folder = join(scratchFolder(), 'lock folder');
    [ours, theirs] = await Promise.all([openSide(shell), openSide(shell)]);
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const { identity, link } of [ours, theirs]) {
      identity.close();
      await link.close();
    }
  });
  const take = ({ remote }: Side, run: string): Promise<Lock> =>
    acquireLock(see(remote), { run, user: `${run}@laptop`, machine: 'alfa', folder });

  test('keeps a second run away and tells it who holds it, since when', async () => {
    const lock = await take(ours, 'first');
    expect(await refusal(take(theirs, 'second'))).toMatch(
      /^PV5040 run first of first@laptop, since 20\d\d-\S+Z, holds the lock of the host$/,
    );
    await lock.release();
  });

  test('is known to the run that has it already, by another name of the machine', async () => {
    const lock = await take(ours, 'first');
    const shared = await take(theirs, 'first');
    expect([lock.sharedWith, shared.sharedWith]).toEqual([undefined, 'alfa']);
    await shared.release();
    expect(await refusal(take(theirs, 'second'))).toMatch('PV5040');
    await lock.release();
  });

  test('is free at once when it is given back', async () => {
    await (await take(ours, 'first')).release();
    await (await take(theirs, 'second')).release();
    await (await take(ours, 'third')).release();
  });

  test('is free to whoever comes while it is given back, when nobody stands in it any more', async () => {
    await take(ours, 'first');
    const holder = holderOf(folder);
    writeFileSync(join(folder, 'lock'), '');
    setTimeout(() => {
      process.kill(holder, 'SIGKILL');
      rmSync(join(folder, 'held'), { recursive: true, force: true });
    }, 300);
    await (await take(theirs, 'second')).release();
  });

  test('is free to whoever comes right after the end of its session', async () => {
    await take(ours, 'first');
    const session = sessionOf(folder);
    ours.identity.close();
    await ours.link.close();
    await vi.waitFor(() => expect(isRunning(session)).toBe(false), 10_000);
    await (await take(theirs, 'second')).release();
  });

  test('goes away by itself after the end of its session', async () => {
    await take(ours, 'first');
    const holder = holderOf(folder);
    ours.identity.close();
    await ours.link.close();
    await vi.waitFor(() => expect(isRunning(holder)).toBe(false), 10_000);
  });

  test('is held by a process that ends when it hears nothing of its run, which is told', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const lock = await take(ours, 'first');
    const holder = holderOf(folder);
    writeFileSync(join(folder, 'alive'), String(uptime() - 31));
    await vi.waitFor(() => expect(isRunning(holder)).toBe(false), 10_000);
    expect(lock.lost.aborted).toBe(false);
    const other = await take(theirs, 'second');
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(() => expect(lock.lost.aborted).toBe(true), 5_000);
    await other.release();
  });

  test('stays while its run gives signs of life', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const lock = await take(ours, 'first');
    writeFileSync(join(folder, 'alive'), String(uptime() - 25));
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(
      () => expect(Number(readFileSync(join(folder, 'alive'), 'utf8'))).toBeGreaterThan(uptime() - 5),
      5_000,
    );
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
  });

  test('is taken over from a holder that no longer does anything', async () => {
    await take(ours, 'first');
    process.kill(holderOf(folder), 'SIGSTOP');
    expect(await refusal(take(theirs, 'second'))).toMatch(/^PV5040 run first/);
    writeFileSync(join(folder, 'alive'), String(uptime() - 31));
    await (await take(theirs, 'second')).release();
  });

  test('is in the hands of no command but its holder', async () => {
    const lock = await take(ours, 'first');
    const { stdout } = await ours.remote.query(['sh', '-c', 'ls -l /proc/self/fd /proc/$PPID/fd']);
    expect(stdout).not.toContain(folder);
    await lock.release();
  });
});

test('the lock is not taken in a folder that somebody else may have put there', async () => {
  const side = await openSide('sh');
  const folder = join(scratchFolder(), 'link');
  symlinkSync(scratchFolder(), folder);
  expect(await refusal(acquireLock(side.remote, { run: 'a', user: 'b', machine: 'c', folder }))).toMatch(
    /^PV5041 .* belongs to somebody else$/,
  );
  side.identity.close();
  await side.link.close();
});
