import { expect, it } from 'vitest';
import { leaseDifferences, parseIscLeases } from '../../../../src/modules/dhcpd/leases.ts';
import { reservationsIn } from '../../../../src/modules/dhcpd/reservations.ts';

const planned = [
  { name: 'everest', mac: '02:33:33:33:33:33', ip: '10.0.0.50' },
  { name: 'lhotse', mac: '02:33:33:33:33:34', ip: '10.0.0.51' },
];

it('finds the same plan in the configuration of either server', () => {
  const isc = `
    # host none { hardware ethernet 02:33:33:33:33:39; fixed-address 10.0.0.59; }
    subnet 10.0.0.0 netmask 255.255.255.0 { option domain-name "host x { }"; }
    host everest { hardware ethernet 02:33:33:33:33:33; fixed-address 10.0.0.50; }
    group { next-server 10.0.0.1; host lhotse { fixed-address 10.0.0.51; hardware ethernet 02:33:33:33:33:34; } }
    host nowhere { hardware ethernet 02:33:33:33:33:35; }`;
  expect(reservationsIn(isc, 'isc')).toEqual(planned);
  const [everest, lhotse] = planned.map(({ name, mac, ip }) => ({
    hostname: name,
    'hw-address': mac,
    'ip-address': ip,
  }));
  const kea = { Dhcp4: { reservations: [everest], 'shared-networks': [{ subnet4: [{ reservations: [lhotse] }] }] } };
  expect(reservationsIn(JSON.stringify(kea), 'kea')).toEqual(planned);
  expect(reservationsIn('// with a comment\n{}', 'kea')).toEqual([]);
});

it('takes the last word: of the leases on an address, of the log on an interface', () => {
  const lease = (ip: string, mac: string, state = 'active') =>
    `lease ${ip} {\n  binding state ${state};\n  hardware ethernet ${mac};\n}\n`;
  const noted = lease('10.0.0.200', '02:00:00:00:00:01') + lease('10.0.0.201', '02:00:00:00:00:02');
  const expired = lease('10.0.0.201', '02:00:00:00:00:02', 'free');
  const log = [
    'DHCPACK on 10.0.0.201 to 02:00:00:00:00:02 via eth1',
    'DHCPACK on 10.0.0.200 to 02:00:00:00:00:01 (a) via eth1',
    'DHCPACK on 10.0.0.50 to 02:33:33:33:33:33 via eth1',
  ].join('\n');
  expect(parseIscLeases(noted + expired, log)).toEqual([
    { ip: '10.0.0.50', mac: '02:33:33:33:33:33' },
    { ip: '10.0.0.200', mac: '02:00:00:00:00:01' },
  ]);
  expect(parseIscLeases(noted, 'DHCPACK on 10.0.0.52 to 02:00:00:00:00:01 via eth1')).toEqual([
    { ip: '10.0.0.52', mac: '02:00:00:00:00:01' },
    { ip: '10.0.0.201', mac: '02:00:00:00:00:02' },
  ]);
});

it('tells a guest with another address, and a guest whose address another has', () => {
  const stranger = '02:00:00:00:00:09';
  expect(leaseDifferences(planned, [{ ip: '10.0.0.50', mac: '02:33:33:33:33:33' }])).toEqual([]);
  expect(leaseDifferences(planned, [{ ip: '10.0.0.7', mac: stranger }])).toEqual([]);
  const leases = [
    { ip: '10.0.0.200', mac: '02:33:33:33:33:33' },
    { ip: '10.0.0.51', mac: stranger },
  ];
  expect(leaseDifferences(planned, leases).map(({ guest, leased }) => [guest, leased])).toEqual([
    ['everest', leases[0]],
    ['lhotse', leases[1]],
  ]);
});
