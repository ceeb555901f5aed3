import { expect, test, vi } from 'vitest';
import type { Remote } from '../../../src/core/plan.ts';
import { Machine } from '../../../src/engine/machine.ts';
import type { Connection } from '../../../src/transport/connect.ts';

const remote = {} as Remote;

function machine(log: string[] = []): Machine {
  const connection = {
    remote: async () => remote,
    close: async () => void log.push('closed'),
  } as unknown as Connection;
  return new Machine('alfa', {
    connect: async () => {
      log.push('connected');
      return connection;
    },
    lock: async () => {
      log.push('locked');
      return { lost: new AbortController().signal, release: async () => void log.push('released') };
    },
  });
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('tasks take turns in the order in which they asked', async () => {
  const host = machine();
  const order: string[] = [];
  const work = (name: string) =>
    host.exclusively(async () => {
      order.push(`${name} begins`);
      await soon();
      order.push(`${name} ends`);
    });
  await Promise.all([work('first'), work('second')]);
  expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

test('a task that only waits gives its turn away and takes it back before it goes on', async () => {
  const host = machine();
  const order: string[] = [];
  const waiting = host.exclusively(async (turn) => {
    await turn.meanwhile(async () => {
      order.push('waits');
      await soon();
      order.push('has waited');
    });
    order.push('goes on');
  });
  const other = host.exclusively(async () => {
    order.push('other begins');
    await soon();
    await soon();
    order.push('other ends');
  });
  await Promise.all([waiting, other]);
  expect(order).toEqual(['waits', 'other begins', 'has waited', 'other ends', 'goes on']);
});

test('a task that fails while it waits leaves the machine free', async () => {
  const host = machine();
  await expect(host.exclusively((turn) => turn.meanwhile(() => Promise.reject(new Error('cut'))))).rejects.toThrow(
    'cut',
  );
  await expect(host.exclusively(async () => 'free')).resolves.toBe('free');
});

test('one connection serves every identity; each takes the lock once, and all go at the end', async () => {
  const log: string[] = [];
  const host = machine(log);
  await Promise.all([host.hold(), host.hold({ user: 'root' })]);
  await host.hold({ user: 'root' });
  await host.close();
  expect(log).toEqual(['connected', 'locked', 'locked', 'released', 'released', 'closed']);
});

test('a machine that was let go is logged in to and locked anew by whoever needs it, once it is really gone', async () => {
  const log: string[] = [];
  const host = machine(log);
  await host.hold();
  const closed = host.close();
  await host.hold();
  await closed;
  expect(log).toEqual(['connected', 'locked', 'released', 'closed', 'connected', 'locked']);
});

test('a machine that could not be reached is not tried again', async () => {
  const connect = vi.fn(() => Promise.reject(new Error('no answer')));
  const host = new Machine('alfa', { connect });
  await expect(host.exclusively(() => host.hold())).rejects.toThrow('no answer');
  await host.close();
  await expect(host.exclusively(() => host.hold())).rejects.toThrow('no answer');
  expect(connect).toHaveBeenCalledTimes(1);
});

test('a machine is used by whoever works on it, waits for a turn or only follows something', async () => {
  const host = machine();
  let finish = (): void => undefined;
  const following = host.exclusively((turn) =>
    turn.meanwhile(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    ),
  );
  await host.exclusively(async () => undefined);
  expect(host.used).toBe(true);
  finish();
  await following;
  expect(host.used).toBe(false);
});

test('a machine never needed is never connected', async () => {
  const log: string[] = [];
  await machine(log).close();
  expect(log).toEqual([]);
});

test('a fresh login is one beside the session, takes no lock and is closed also after work that failed', async () => {
  const log: string[] = [];
  const host = machine(log);
  await host.hold();
  await expect(host.fresh(undefined, async (other) => other)).resolves.toBe(remote);
  await expect(host.fresh(undefined, () => Promise.reject(new Error('shut out')))).rejects.toThrow('shut out');
  expect(log).toEqual(['connected', 'locked', 'connected', 'closed', 'connected', 'closed']);
});
