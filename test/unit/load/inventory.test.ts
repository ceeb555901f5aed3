import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import { derivedMac, derivedUuid } from '../../../src/load/derived-identity.ts';
import { type Host, type Inventory, loadInventory } from '../../../src/load/inventory.ts';
import { findVariable, findVariables } from '../../../src/load/variables.ts';
import { tell } from './told.ts';

/** A project with these files; the inventory is `inventory/` or the file named. */
function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'provision-inventory-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function load(files: Readonly<Record<string, string>>, path = 'inventory/hosts.yml'): Inventory {
  const root = project(files);
  const problems = new Problems();
  const inventory = loadInventory(join(root, path), { playbookFolders: [join(root, 'playbooks')] }, problems);
  problems.throwIfAny();
  return inventory;
}

function hostOf(inventory: Inventory, name: string): Host {
  const host = inventory.hosts.get(name);
  if (!host) throw new Error(`there is no ${name}`);
  return host;
}

function variableOf(inventory: Inventory, name: string, variable: string): unknown {
  return findVariable(hostOf(inventory, name).layers, variable)?.value;
}

describe('groups', () => {
  const inventory = load({
    'inventory/hosts.yml': `
all: { vars: { a: all } }
europe: { vars: { a: europe, b: europe }, children: { lisbon: , porto: } }
lisbon: { vars: { b: lisbon }, hosts: { "lx[1:3]": } }
porto: { hosts: { opo: , lx2: } }
zone: { vars: { a: zone }, hosts: { lx1: } }
empty:
`,
  });

  it('hold the hosts of their children, in inventory order', () => {
    const members = [...inventory.groups.values()].map((group) => [group.name, group.hosts]);
    expect(Object.fromEntries(members)).toEqual({
      all: ['lx1', 'lx2', 'lx3', 'opo'],
      europe: ['lx1', 'lx2', 'lx3', 'opo'],
      lisbon: ['lx1', 'lx2', 'lx3'],
      porto: ['lx2', 'opo'],
      zone: ['lx1'],
      empty: [],
    });
  });

  it('stand weakest first: all, then the wider before the narrower, then by name', () => {
    expect(hostOf(inventory, 'lx1').groups).toEqual(['all', 'europe', 'zone', 'lisbon']);
    expect(hostOf(inventory, 'lx2').groups).toEqual(['all', 'europe', 'lisbon', 'porto']);
  });

  it('give a variable by the strongest', () => {
    expect(['lx1', 'lx2', 'opo'].map((name) => variableOf(inventory, name, 'a'))).toEqual(['zone', 'europe', 'europe']);
    expect(['lx1', 'opo'].map((name) => variableOf(inventory, name, 'b'))).toEqual(['lisbon', 'europe']);
  });

  it('share their layers between hosts', () => {
    expect(hostOf(inventory, 'lx3').layers[1]).toBe(hostOf(inventory, 'lx2').layers[1]);
  });
});

describe('variables', () => {
  const inventory = load({
    'playbooks/group_vars/all.yml': 'v: playbook all\nonly_playbook: 1',
    'playbooks/group_vars/web.yml': 'v: playbook web',
    'playbooks/host_vars/alfa.yml': 'v: playbook alfa',
    'inventory/group_vars/all/10.yml': 'v: inventory all 10',
    'inventory/group_vars/all/20.yaml': 'v: inventory all 20',
    'inventory/group_vars/web.yaml': 'v: inventory web',
    'inventory/group_vars/unknown.yml': 'v: nobody',
    'inventory/host_vars/alfa/main.yml': 'v: inventory alfa',
    'inventory/hosts.yml':
      'all: { vars: { v: inline all } }\nweb: { vars: { v: inline web }, hosts: { alfa: { v: inline alfa } } }',
  });

  it('come from everywhere, the files beside playbooks weaker for the same group or host', () => {
    const found = findVariables(hostOf(inventory, 'alfa').layers, 'v');
    expect(found.map(({ value, layer }) => `${layer.origin}: ${value}`)).toEqual([
      'host alfa: inventory alfa',
      'host alfa: inline alfa',
      'host alfa: playbook alfa',
      'group web: inventory web',
      'group web: inline web',
      'group web: playbook web',
      'group all: inventory all 20',
      'group all: inventory all 10',
      'group all: inline all',
      'group all: playbook all',
    ]);
  });

  it('know where they stand', () => {
    const found = findVariable(hostOf(inventory, 'alfa').layers, 'only_playbook');
    expect(found?.at?.source.name).toMatch(/playbooks\/group_vars\/all\.yml$/);
    expect(found?.at?.source.text.slice(found.at.start, found.at.end)).toBe('1');
  });

  it('of a host in two groups come together, the later the stronger', () => {
    const twice = load({
      'inventory/hosts.yml': 'a: { hosts: { alfa: { x: 1, y: 1 } } }\nb: { hosts: { alfa: { x: 2 } } }',
    });
    expect([variableOf(twice, 'alfa', 'x'), variableOf(twice, 'alfa', 'y')]).toEqual([2, 1]);
    expect(hostOf(twice, 'alfa').groups).toEqual(['all', 'a', 'b']);
  });

  it.each([
    ['- a', 'PV2001'],
    ['a: [', 'PV1001'],
    ['ssh: { prt: 1 }', 'PV2006'],
    ['item: 1', 'PV2101'],
  ])('that are wrong are told of their file: %s', (text, code) => {
    const root = project({ 'hosts.yml': 'web: { hosts: { alfa: } }', 'group_vars/web.yml': text });
    const told = tell((problems) => loadInventory(join(root, 'hosts.yml'), { playbookFolders: [] }, problems));
    expect(told.map((item) => item.code)).toEqual([code]);
  });
});

describe('a folder of inventories', () => {
  const files = {
    'inventory/1.yml': 'web: { hosts: { alfa: { x: 1 } } }',
    'inventory/2.yaml': 'web: { hosts: { bravo: , alfa: { x: 2 } } }',
    'inventory/addresses.yml': 'nat: { alfa: 192.168.101.7 }',
    'inventory/.hidden.yml': 'broken: [',
    'inventory/known_hosts': 'alfa ssh-ed25519 AAAA',
    'inventory/group_vars/web.yml': 'y: 3',
  };

  it('is read file by file, in the order of their names', () => {
    const inventory = load(files, 'inventory');
    expect([...inventory.hosts.keys()]).toEqual(['alfa', 'bravo']);
    expect([variableOf(inventory, 'alfa', 'x'), variableOf(inventory, 'bravo', 'y')]).toEqual([2, 3]);
    expect(inventory.folder).toMatch(/inventory$/);
  });

  it('without a file is told', () => {
    const root = project({ 'inventory/readme.txt': '' });
    const told = tell((problems) => loadInventory(join(root, 'inventory'), { playbookFolders: [] }, problems));
    expect(told.map(({ code }) => code)).toEqual(['PV2001']);
  });
});

describe('connection settings', () => {
  it('are merged key by key, from the weakest to the strongest', () => {
    const inventory = load({
      'inventory/hosts.yml': `
all: { vars: { ssh: { user: root, port: 22 }, ansible_become_pass: secret } }
web: { vars: { ansible_user: tuna }, hosts: { alfa: { ssh: { host: 10.0.0.1, port: "<%= port %>" } }, bravo: } }
`,
    });
    expect(hostOf(inventory, 'alfa').ssh).toEqual({
      user: 'tuna',
      port: '<%= port %>',
      become_password: 'secret',
      host: '10.0.0.1',
    });
    expect(hostOf(inventory, 'bravo').ssh).toEqual({ user: 'tuna', port: 22, become_password: 'secret' });
  });

  it('have a name of their own and one of Ansible', () => {
    const own = load({
      'inventory/hosts.yml': `all: { hosts: { alfa: { ansible_host: a, ansible_port: "2222", ansible_user: u,
  ansible_ssh_pass: p, ansible_become: true, ansible_become_user: r, ansible_become_password: q,
  ansible_ssh_private_key_file: f, ansible_connection: local } } }`,
    });
    expect(hostOf(own, 'alfa').ssh).toEqual({
      host: 'a',
      port: 2222,
      user: 'u',
      password: 'p',
      become: true,
      become_user: 'r',
      become_password: 'q',
      private_key_file: 'f',
      connection: 'local',
    });
  });
});

describe('a guest', () => {
  const inventory = load({
    'inventory/hosts.yml': `
hypervisors: { hosts: { alfa: } }
guests:
  vars: { hypervisor: alfa }
  hosts:
    everest: { ip: 192.168.101.100 }
    lhotse: { ip: 192.168.101.101, mac: "02:33:33:33:33:33" }
`,
  });

  it('has a MAC and a UUID derived from its name, weaker than anything written', () => {
    expect(hostOf(inventory, 'everest').layers[0]).toEqual({
      origin: 'derived from the name',
      values: { mac: derivedMac('everest'), uuid: derivedUuid('everest') },
      path: [],
    });
    expect(variableOf(inventory, 'lhotse', 'mac')).toBe('02:33:33:33:33:33');
    expect(variableOf(inventory, 'alfa', 'mac')).toBeUndefined();
  });

  it('keeps what is derived for ever', () => {
    expect(derivedMac('everest')).toBe('02:a8:51:26:fd:57');
    expect(derivedUuid('everest')).toBe('5858d198-5446-88f1-b2ef-3aeaa05fc82a');
    expect(derivedMac('lhotse')).not.toBe(derivedMac('everest'));
  });
});

describe('a large inventory', () => {
  it('of 10,000 guests is read in the time of one test', () => {
    const guests = Array.from({ length: 10_000 }, (_, n) => {
      const [block, rest] = [Math.floor(n / 100), n % 100];
      return `    guest${n}: { hypervisor: hv${rest}, ip: 10.0.${block}.${rest + 1}, ssh: { port: ${10_000 + block} } }`;
    });
    const text = `hypervisors: { hosts: { "hv[0:99]": } }\nguests:\n  vars: { memory: 4096 }\n  hosts:\n${guests.join('\n')}\n`;
    const inventory = load({ 'inventory/hosts.yml': text });
    expect(inventory.hosts.size).toBe(10_100);
  });
});
