import { expect, it } from 'vitest';
import { edgeGuestsOf } from '../../../../bench/work/edge-model.ts';
import { expectedEdge, isShut } from '../../../../bench/work/edge-state.ts';

it('a thousand guests have each their own name, address and hardware address', () => {
  const guests = edgeGuestsOf(1000);
  for (const key of ['name', 'ip', 'mac'] as const) expect(new Set(guests.map((guest) => guest[key])).size).toBe(1000);
});

it('each guest is expected once in the configuration, and once among the accepts', () => {
  const lines = expectedEdge(300);
  expect(lines.filter((line) => line.startsWith('host guest')).length).toBe(300);
  expect(lines.filter((line) => line.startsWith('-d 10.0.')).length).toBe(300);
});

it.each([
  ['by its policy', [':INPUT DROP [0:0]'], true],
  ['by the chain it ends in', [':INPUT ACCEPT [0:0]', '-A OURS -j DROP', '-A INPUT -j OURS'], true],
  [
    'not: that chain ends otherwise',
    [':INPUT ACCEPT [0:0]', '-A OURS -j DROP', '-A OURS -j ACCEPT', '-A INPUT -j OURS'],
    false,
  ],
  ['not: nothing is said', [':INPUT ACCEPT [0:0]'], false],
])('a chain is shut %s', (_how, rules, shut) => expect(isShut(rules, 'INPUT')).toBe(shut));
