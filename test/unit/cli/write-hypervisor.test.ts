import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hypervisorPlace, writeHypervisor } from '../../../src/cli/write-hypervisor.ts';
import { Problems, ProvisionError } from '../../../src/core/diagnostic.ts';
import { loadInventory } from '../../../src/load/inventory.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-test-'));
const file = join(folder, 'hosts.yml');

afterAll(() => rmSync(folder, { recursive: true }));

function inventoryOf(text: string) {
  writeFileSync(file, text);
  const problems = new Problems();
  const inventory = loadInventory([file], { playbookFolders: [] }, problems);
  problems.throwIfAny();
  return inventory;
}

const hypervisors = `all:
  vars:
    network: nat
    networks: { nat: { kind: nat, subnet: 192.168.101.0/24, gateway: 192.168.101.1, range: 192.168.101.10-192.168.101.90 } }
hypervisors:
  hosts: { alfa: {}, beta: {} }
`;

test.each([
  ['plain', 'everest: { ip: 192.168.101.100, hypervisor: alfa } # the old one'],
  ['with quotes', `everest: { hypervisor: "alfa",   ip: 192.168.101.100 }`],
  ['in a block', 'everest:\n      # alfa is loud\n      hypervisor: alfa # since May'],
])('the name alone is replaced: %s', (_how, host) => {
  const text = `${hypervisors}guests:\n  hosts:\n    lhotse: { hypervisor: alfa }\n    ${host}\n`;
  const inventory = inventoryOf(text);
  writeHypervisor(hypervisorPlace('everest', inventory), 'beta');
  expect(readFileSync(file, 'utf8')).toBe(text.replace(/(everest[\s\S]*hypervisor: "?)alfa/, '$1beta'));
});

test.each([
  [
    'for a group',
    'guests:\n  vars: { hypervisor: alfa }\n  hosts: { everest: {}, lhotse: {} }\n',
    'that of lhotse as well',
  ],
  ['for a range', 'guests:\n  hosts:\n    everest[1:2]: { hypervisor: alfa }\n', 'that of everest2 as well'],
  ['an expression', `guests:\n  hosts:\n    everest: { hypervisor: "<%= 'alfa' %>" }\n`, 'not written as a plain name'],
])('where it is %s it is refused', (_how, text, why) => {
  const inventory = inventoryOf(hypervisors + text);
  const guest = [...inventory.hosts.keys()].find((name) => name.startsWith('everest')) ?? '';
  const refused = (): unknown => hypervisorPlace(guest, inventory);
  expect(refused).toThrow(ProvisionError);
  expect(refused).toThrow(why);
});
