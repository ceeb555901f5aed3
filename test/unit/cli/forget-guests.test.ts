import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { forgetGuests, remembered } from '../../../src/cli/forget-guests.ts';
import { Problems } from '../../../src/core/diagnostic.ts';
import { loadInventory } from '../../../src/load/inventory.ts';
import { KnownHosts } from '../../../src/transport/known-hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'provision-forget-'));
const [hosts, pins, addresses] = ['hosts.yml', 'known_hosts', 'addresses.yml'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

afterAll(() => rmSync(folder, { recursive: true }));

test('a guest that is gone is forgotten, and no other', () => {
  writeFileSync(
    hosts,
    `all:
  vars:
    networks: { nat: { kind: nat, subnet: 192.168.101.0/24, bridge: virbr1 } }
  hosts:
    alfa: {}
    everest: { hypervisor: alfa, network: nat }
    lhotse: { hypervisor: alfa, network: nat }
`,
  );
  writeFileSync(pins, 'everest ssh-ed25519 AAAA\nlhotse ssh-ed25519 BBBB\n');
  writeFileSync(addresses, '# kept\nnat:\n  everest: 192.168.101.10\n  lhotse: 192.168.101.11\n');
  const problems = new Problems();
  const inventory = loadInventory([hosts], { playbookFolders: [] }, problems);
  problems.throwIfAny();
  const memory = { inventory, knownHosts: new KnownHosts({ project: pins, user: [] }) };
  expect(remembered('everest', memory)).toEqual([
    `forget its pinned host key in ${pins}`,
    'forget its recorded address 192.168.101.10',
  ]);
  forgetGuests(['everest'], memory);
  expect(readFileSync(pins, 'utf8')).toBe('lhotse ssh-ed25519 BBBB\n');
  expect(readFileSync(addresses, 'utf8')).toBe('# kept\nnat:\n  lhotse: 192.168.101.11\n');
});
