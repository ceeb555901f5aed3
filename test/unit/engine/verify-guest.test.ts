import { expect, test } from 'vitest';
import type { Look } from '../../../src/core/plan.ts';
import { verifyGuest } from '../../../src/engine/verify-guest.ts';
import type { Forward } from '../../../src/modules/port/forward-record.ts';
import type { UdpAnswer } from '../../../src/transport/udp-answer.ts';

const forward = { guest: 'everest', name: 'dns', host_port: 10053, to: '192.168.101.100', to_port: 53 } as const;

async function found(protocol: Forward['protocol'], answer: UdpAnswer, to: string = forward.to) {
  const guest = { name: 'everest', ssh: { name: 'everest', host: 'alfa', port: 10022 } };
  const findings = await verifyGuest(guest, {
    address: '192.0.2.1',
    look: {} as Look,
    view: { reserved: new Map(), leased: new Map(), listening: [], forwards: [{ ...forward, protocol, to }] },
    viewpoint: {
      name: 'here',
      hostKey: async () => undefined,
      open: async (_host, ports) => (answer === 'answered' ? ports : []),
      udp: async () => answer,
    },
  });
  return findings.filter(({ about }) => about === 'forward').map(({ status, message }) => `${status}: ${message}`);
}

test.each([
  ['udp', 'answered', 'ok: udp 192.0.2.1:10053 answers, seen from here'],
  ['udp', 'refused', 'failed: udp 192.0.2.1:10053 is refused, by the guest or before it, seen from here'],
  [
    'udp',
    'silent',
    'skipped: udp 192.0.2.1:10053 is silent, seen from here: a server that does not answer looks like a datagram that was dropped',
  ],
  ['tcp', 'answered', 'ok: 192.0.2.1:10053 opens, seen from here'],
  ['tcp', 'silent', 'failed: 192.0.2.1:10053 does not open, seen from here'],
] as const)('a forward of %s that is %s', async (protocol, answer, expected) => {
  expect(await found(protocol, answer)).toEqual([expected]);
});

test('a forward of IPv6 is not tried at an address of IPv4', async () => {
  const message = '10053 leads to fd00::1, and IPv6 to its host is not known: it is reached at 192.0.2.1';
  expect(await found('tcp', 'silent', 'fd00::1')).toEqual([`skipped: ${message}`]);
});
