import { expect, test } from 'vitest';
import { parseJump } from '../../../src/transport/jump.ts';

test.each([
  ['gate', [{ host: 'gate', port: 22 }]],
  ['ann@gate.example.org:2222', [{ user: 'ann', host: 'gate.example.org', port: 2222 }]],
  [
    'a@one, two:23',
    [
      { user: 'a', host: 'one', port: 22 },
      { host: 'two', port: 23 },
    ],
  ],
  ['ann@[2001:db8::1]:22', [{ user: 'ann', host: '2001:db8::1', port: 22 }]],
])('%s is understood', (text, hops) => {
  expect(parseJump(text)).toEqual(hops);
});

test.each(['', 'a@', 'gate:', 'gate:x', 'gate:99999', 'a b', 'one,,two', 'a@b@c', '2001:db8::1'])(
  '%j is refused',
  (text) => {
    expect(() => parseJump(text)).toThrow(/is not the address of a jump host/);
  },
);
