import { describe, expect, test } from 'vitest';
import type { Look } from '../../../src/core/plan.ts';
import { viewDomains } from '../../../src/engine/domain-view.ts';
import type { HypervisorView } from '../../../src/engine/hypervisor-view.ts';
import { hypervisorStatus } from '../../../src/engine/status.ts';

const record = (name: string, definition: string, phase = 'installed'): string =>
  `<metadata>\n<provision:guest xmlns:provision="urn:provision:guest:1" name="${name}" phase="${phase}" ` +
  `inputs="a" definition="${definition}" volume="new" began="2026-11-22T03:00:00Z"/>\n</metadata>`;
const domain = (name: string, mac: string, definition: string, phase?: string): string =>
  `<domain type='kvm'>\n  <name>${name}</name>\n  ${record(name, definition, phase)}\n  <devices>\n` +
  `    <interface type='network'><mac address='${mac}'/></interface>\n  </devices>\n</domain>`;

/** As the script wrote it on a Debian with virsh 9. */
const answer = `@uptime 273610
@libvirt 9.0.0
@domain everest
@state running
@kept
${domain('everest', '02:33:33:33:33:33', 'newer')}
@since    7301
@running
${domain('everest', '02:33:33:33:33:33', 'older')}
@disks
 vda      107374182400   1401618432   1401683968
 vdb      1073741824     196616       196616
@other nanga
@domain makalu
@state shut off
@kept
${domain('makalu', '02:33:33:33:33:39', 'same')}
@disks
@domain lhotse
@state running
@kept
${domain('lhotse', '02:33:33:33:33:34', 'same', 'installing')}
@since      40
@running
${domain('lhotse', '02:33:33:33:33:34', 'same', 'installing')}
@disks
`;

const look = { query: async () => ({ exit: 0, stdout: answer, stderr: '' }) } as unknown as Look;

const view: HypervisorView = {
  reserved: new Map([
    ['02:33:33:33:33:33', '192.168.101.100'],
    ['02:33:33:33:33:34', '192.168.101.101'],
  ]),
  leased: new Map([['02:33:33:33:33:33', '192.168.101.77']]),
  listening: [],
  forwards: [
    { guest: 'everest', name: 'tcp-22', protocol: 'tcp', host_port: 10022, to: '192.168.101.100', to_port: 22 },
    { guest: 'lhotse', name: 'dns', protocol: 'udp', host_port: 5353, to: '192.168.101.101', to_port: 53 },
  ],
};

const known = [
  { name: 'lhotse', hypervisor: 'alfa', address: '192.168.101.101', mac: '02:33:33:33:33:34' },
  { name: 'everest', hypervisor: 'alfa', address: '192.168.101.100', mac: '02:33:33:33:33:33' },
  { name: 'nanga', hypervisor: 'alfa', address: '192.168.101.109' },
  { name: 'elsewhere', hypervisor: 'bravo' },
];

describe('the status of a hypervisor', async () => {
  const status = hypervisorStatus('alfa', known, { ...view, ...(await viewDomains(look)) });
  const named = (name: string) => status.guests.find((guest) => guest.name === name);

  test('has the guests of the inventory in its order, then those that it forgot', () => {
    expect(status.guests.map(({ name }) => name)).toEqual(['lhotse', 'everest', 'nanga', 'makalu']);
    expect(status).toMatchObject({ name: 'alfa', uptime: 273_610, libvirt: '9.0.0', others: [] });
  });

  test('says what waits for a restart, and which lease is not what is reserved', () => {
    expect(named('everest')).toEqual({
      name: 'everest',
      phase: 'installed',
      state: 'running',
      address: '192.168.101.100',
      reserved: '192.168.101.100',
      leased: '192.168.101.77',
      forwards: ['10022 > 22'],
      disk: { used: 1_401_815_048, capacity: 108_447_924_224 },
      uptime: 7301,
      restart: true,
      stray: false,
      notes: ['defined anew since it was started: what is left of it waits for a restart', 'was given 192.168.101.77'],
    });
  });

  test('tells a guest that installs, one that is not there, and a name that others took', () => {
    expect(named('lhotse')).toMatchObject({ phase: 'installing', forwards: ['udp 5353 > 53'], uptime: 40, notes: [] });
    expect(named('nanga')).toMatchObject({
      phase: 'absent',
      notes: ['its name is taken by a domain that provision did not make'],
    });
  });

  test('knows strays from guests that have moved', async () => {
    expect(named('makalu')).toMatchObject({ stray: true, state: 'shut off', notes: ['not in the inventory'] });
    const moved = hypervisorStatus('alfa', [{ name: 'makalu', hypervisor: 'bravo' }], {
      ...view,
      ...(await viewDomains(look)),
    });
    expect(moved.guests.find(({ name }) => name === 'makalu')).toMatchObject({
      stray: false,
      notes: ['the inventory has it on bravo'],
    });
    expect(moved.others).toEqual(['nanga']);
  });
});
