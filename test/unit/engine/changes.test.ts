import { expect, test } from 'vitest';
import type { StateLine, Thing } from '../../../src/core/thing.ts';
import { changesIn } from '../../../src/engine/changes.ts';

function line(event: StateLine['event'], change: number, ...things: readonly Thing[]): StateLine {
  const place = { host: 'alfa', play: 'p', task: `task ${change}`, module: 'file.content' };
  return { event, ...place, on: 'alfa', change, things };
}

function file(name: string, digest: string | null, more: Partial<Thing> = {}): Thing {
  return { kind: 'file.restore', name, state: digest === null ? null : { digest }, ...more };
}

test('a thing goes from how the first task found it to how the last left it, the newest first', () => {
  const changes = changesIn([
    line('state.before', 1, file('/a', 'one', { content: '1' })),
    line('state.before', 2, file('/b', null)),
    line('state.after', 1, file('/a', 'two')),
    line('state.before', 3, file('/a', 'two', { lost: 'it holds a secret' })),
    line('state.after', 2, file('/b', 'new')),
    line('state.after', 3, file('/a', 'three')),
  ]);
  expect(changes).toEqual([
    { on: 'alfa', task: 'task 2', was: file('/b', null), left: { digest: 'new' } },
    {
      on: 'alfa',
      task: 'task 1',
      was: file('/a', 'one', { content: '1', lost: 'it holds a secret' }),
      left: { digest: 'three' },
    },
  ]);
});

test('of a task that looked again before it acted, what it saw last counts; one cut off left nobody knows what', () => {
  const changes = changesIn([
    line('state.before', 1, file('/a', 'taken for granted')),
    line('state.before', 1, file('/a', 'seen')),
  ]);
  expect(changes).toEqual([{ on: 'alfa', task: 'task 1', was: file('/a', 'seen') }]);
});

test('what a task left as it was is no change, unless it is to be done again', () => {
  const unit: Thing = { kind: 'systemd.restore', name: 'web.service', state: { runs: true }, again: 'restarted' };
  const changes = changesIn([
    line('state.before', 1, file('/a', 'one')),
    line('state.after', 1, file('/a', 'one')),
    line('state.before', 2, unit),
  ]);
  expect(changes).toMatchObject([{ was: { name: 'web.service' }, again: 'restarted' }]);
});
