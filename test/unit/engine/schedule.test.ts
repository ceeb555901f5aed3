import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Forks } from '../../../src/engine/schedule.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function ended<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  await vi.runAllTimersAsync();
  return work;
}

test('no more than so many are under way at once, and all come in order', async () => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  await ended(
    new Forks(2).all([1, 2, 3, 4, 5], async (item) => {
      begun.push(item);
      running += 1;
      most = Math.max(most, running);
      await soon();
      running -= 1;
    }),
  );
  expect(most).toBe(2);
  expect(begun).toEqual([1, 2, 3, 4, 5]);
});

test('after a mistake nothing is begun, what is under way is waited for, and the first mistake is told', async () => {
  const done: number[] = [];
  const working = new Forks(2).all([1, 2, 3], async (item) => {
    if (item > 1) await soon();
    await soon();
    if (item === 1) throw new Error('mistake of ours');
    done.push(item);
  });
  await expect(ended(working)).rejects.toThrow('mistake of ours');
  expect(done).toEqual([2]);
});

/** Hosts that wait for a connection as long as the test wants, and are then worked on. */
function connecting(forks: Forks) {
  const log: string[] = [];
  const connect = new Map<string, () => void>();
  const work = async (host: string): Promise<void> => {
    log.push(`${host} begins`);
    await forks.wait(new Promise<void>((resolve) => connect.set(host, resolve)));
    log.push(`${host} is worked on`);
    await soon();
    log.push(`${host} ends`);
  };
  return { log, work, connect: (host: string) => connect.get(host)?.() };
}

test('a host that waits for long makes room for others, and goes on before any that has not begun', async () => {
  const forks = new Forks(1);
  const { log, work, connect } = connecting(forks);
  const all = forks.all(['dead', 'alive', 'last'], work);
  await vi.advanceTimersByTimeAsync(999);
  expect(log).toEqual(['dead begins']);
  await vi.advanceTimersByTimeAsync(1);
  connect('alive');
  await vi.advanceTimersByTimeAsync(0);
  expect(log).toEqual(['dead begins', 'alive begins', 'alive is worked on']);
  connect('dead');
  await vi.advanceTimersByTimeAsync(10);
  expect(log.slice(3)).toEqual(['alive ends', 'dead is worked on', 'dead ends', 'last begins']);
  connect('last');
  await ended(all);
  expect(log.at(-1)).toBe('last ends');
});

test('a wait that is over soon gives nothing away', async () => {
  const forks = new Forks(1);
  const { log, work, connect } = connecting(forks);
  const all = forks.all(['one', 'two'], work);
  for (const host of ['one', 'two']) {
    await vi.advanceTimersByTimeAsync(500);
    connect(host);
  }
  await ended(all);
  const turns = ['one', 'two'].flatMap((host) => ['begins', 'is worked on', 'ends'].map((what) => `${host} ${what}`));
  expect(log).toEqual(turns);
});

test('what was waited for in vain is told, and the place is given back', async () => {
  const forks = new Forks(1);
  const told: string[] = [];
  const never = new Promise<void>((_resolve, reject) => setTimeout(() => reject(new Error('no answer')), 20_000));
  const work = async (host: string): Promise<void> => {
    await forks.wait(never).catch((error: Error) => told.push(`${host}: ${error.message}`));
  };
  await ended(forks.all(['one', 'two', 'three'], work));
  expect(told).toEqual(['one: no answer', 'two: no answer', 'three: no answer']);
  await ended(forks.all(['four'], async (host) => void told.push(host)));
  expect(told.at(-1)).toBe('four');
});

test('not everybody may wait at once: sockets are not endless', async () => {
  const forks = new Forks(5);
  const { log, work, connect } = connecting(forks);
  const hosts = Array.from({ length: 150 }, (_, index) => `host${index}`);
  const all = forks.all(hosts, work);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toHaveLength(105);
  for (let round = 0; round < 10; round++) {
    for (const host of hosts) connect(host);
    await vi.advanceTimersByTimeAsync(2_000);
  }
  await ended(all);
  expect(log.filter((line) => line.endsWith('ends'))).toHaveLength(150);
});

test('who waits for what another host does makes room for it at once', async () => {
  const forks = new Forks(1);
  const log: string[] = [];
  let done = (): void => undefined;
  const other = new Promise<void>((resolve) => {
    done = resolve;
  });
  await ended(
    forks.all(['first', 'second'], async (host) => {
      if (host === 'first') await forks.apart(other);
      else await soon().then(done);
      log.push(host);
    }),
  );
  expect(log).toEqual(['second', 'first']);
});
