import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { HypervisorStatus } from '../../src/core/guest-status.ts';
import { statusJson, statusTable } from '../../src/report/status-table.ts';
import { updating } from '../support/load-cases.ts';

const guest = { forwards: [], restart: false, stray: false, notes: [] };
const status: readonly HypervisorStatus[] = [
  {
    ...{ name: 'hypervisor1', uptime: 273_610, libvirt: '9.0.0', others: ['nanga'] },
    guests: [
      {
        ...{ ...guest, name: 'everest', phase: 'installed', state: 'running', address: '192.168.101.100' },
        ...{ reserved: '192.168.101.100', leased: '192.168.101.100', forwards: ['10022 > 22', '8443 > 443'] },
        ...{ disk: { used: 1_401_618_432, capacity: 107_374_182_400 }, uptime: 7301 },
        ...{ restart: true, notes: ['defined anew since it was started: what is left of it waits for a restart'] },
      },
      {
        ...{ ...guest, name: 'lhotse', phase: 'installing', state: 'running', address: '192.168.101.101' },
        ...{ reserved: '192.168.101.101', disk: { used: 196_616, capacity: 10_737_418_240 }, uptime: 40 },
      },
      { ...guest, name: 'nuptse', phase: 'absent', address: '192.168.101.102' },
      {
        ...{ ...guest, name: 'mak\u001b[31malu', phase: 'installed', state: 'shut off' },
        ...{ stray: true, notes: ['not in the inventory'] },
      },
    ],
  },
  { name: 'hypervisor2', uptime: 59, others: [], guests: [] },
  {
    ...{ name: 'hypervisor3', others: [], guests: [] },
    failure: { code: 'PV4001', message: 'hypervisor3 (192.0.2.3:22) does not answer' },
  },
];

test('hypervisors and guests fit onto a terminal of 80 columns', () => {
  const shown = statusTable(status, { colour: false });
  const file = new URL('status.txt', import.meta.url).pathname;
  if (updating) writeFileSync(file, shown);
  expect(shown).toBe(readFileSync(file, 'utf8'));
  expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('as JSON a hypervisor out of reach says why', () => {
  const { v, hypervisors } = JSON.parse(statusJson(status)) as { v: number; hypervisors: HypervisorStatus[] };
  expect(v).toBe(1);
  expect(hypervisors[0]?.guests).toEqual(status[0]?.guests);
  expect(hypervisors[2]?.failure).toEqual({
    code: 'PV4001',
    message: 'hypervisor3 (192.0.2.3:22) does not answer',
  });
});
