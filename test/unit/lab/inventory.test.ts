import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type InventoryFacts, writeInventory } from '../../../src/lab/inventory.ts';

let folder: string;
let facts: InventoryFacts;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-inventory-'));
  facts = {
    file: join(folder, 'deep', 'lab.yml'),
    subnet: '10.77.0',
    mirror: 'http://mirror.example/debian',
    debian: false,
    privateKeyFile: '/var/lib/provision/lab/lab/id_ed25519',
    hosts: [
      { name: 'hypervisor1', address: '10.77.0.11', hostKey: 'ssh-ed25519 AAAA1 root@hypervisor1' },
      { name: 'hypervisor2', address: '10.77.0.12', hostKey: 'ssh-ed25519 AAAA2 root@hypervisor2' },
    ],
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(): Promise<string> {
  return readFile(facts.file, 'utf8');
}

test('a new inventory is complete, readable by its owner alone, and the same when written again', async () => {
  await writeInventory(facts);
  const text = await written();
  expect((await stat(facts.file)).mode & 0o777).toBe(0o600);
  expect(parse(text)).toMatchObject({
    all: {
      vars: {
        domain_type: 'qemu',
        installer_url: 'http://10.77.0.1:8077/mini',
        mirror: facts.mirror,
        networks: { nat: { subnet: '192.168.101.0/24' }, lan: { subnet: '10.77.0.0/24', interface: 'eth0' } },
      },
    },
    hypervisors: { hosts: { hypervisor2: { ssh: { host: '10.77.0.12', host_key: 'ssh-ed25519 AAAA2' } } } },
    guests: { vars: { network: 'nat', memory: 192, packages: [] }, hosts: { everest: { mac: '02:33:33:33:33:33' } } },
    dhcp_servers: { hosts: { hypervisor1: {} } },
  });
  await writeInventory(facts);
  expect(await written()).toBe(text);
});

test('what was added or changed by hand stays, with its comments', async () => {
  await writeInventory(facts);
  const edited = (await written())
    .replace('    everest:', '    # my own\n    k2: { hypervisor: hypervisor2 }\n    everest:')
    .replace('memory: 192', 'memory: 300 # it swapped');
  await writeFile(facts.file, edited);
  await writeInventory(facts);
  expect(await written()).toBe(edited);
});

test('the real Debian guest brings its sizes, but not over those set by hand', async () => {
  await writeInventory(facts);
  await writeFile(facts.file, (await written()).replace('vcpus: 1', 'vcpus: 3'));
  await writeInventory({ ...facts, debian: true });
  const { all, guests } = parse(await written());
  expect(all.vars.installer_checksums).toBe('http://10.77.0.1:8077/debian13/SHA256SUMS');
  expect(guests.vars).toEqual({ network: 'nat', memory: 1024, vcpus: 3, disk: '6G' });
});

test('hosts that are gone leave, hosts of the user stay', async () => {
  await writeInventory(facts);
  const mine = '    alfa: { ssh: { host: alfa.example.org } }\n';
  await writeFile(facts.file, (await written()).replace('    hypervisor1: { ssh', `${mine}    hypervisor1: { ssh`));
  await writeInventory({ ...facts, hosts: facts.hosts.slice(0, 1) });
  expect(Object.keys(parse(await written()).hypervisors.hosts)).toEqual(['alfa', 'hypervisor1']);
});

test('a file that is no YAML map is refused and left as it is', async () => {
  await writeInventory(facts);
  await writeFile(facts.file, 'all: [\n');
  await expect(writeInventory(facts)).rejects.toThrow('is no YAML map any more');
  expect(await written()).toBe('all: [\n');
});
