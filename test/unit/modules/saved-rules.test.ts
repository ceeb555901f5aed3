import { expect, test } from 'vitest';
import { parseCounters, parseSave } from '../../../src/modules/saved-rules.ts';

const save = `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them
*filter
:INPUT ACCEPT [9:720]
:PROVISION-INPUT - [0:0]
[7:560] -A INPUT -j PROVISION-INPUT
[3:240] -A PROVISION-INPUT -p tcp -m comment --comment ":a * -A b" -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
COMMIT
`;

test.each([save, save.replace(/^\[\d+:\d+\] /gm, '')])(
  'rules by table and chain, in order, with counters or without',
  (text) => {
    expect(parseSave(text)).toEqual({
      filter: {
        INPUT: ['-j PROVISION-INPUT'],
        'PROVISION-INPUT': ['-p tcp -m comment --comment ":a * -A b" -j ACCEPT'],
      },
      nat: { PREROUTING: [] },
    });
  },
);

test('counters of the chains asked for', () => {
  expect(parseCounters(save, ['PROVISION-INPUT'])).toEqual([
    { chain: 'PROVISION-INPUT', rule: '-p tcp -m comment --comment ":a * -A b" -j ACCEPT', packets: 3, bytes: 240 },
  ]);
});
