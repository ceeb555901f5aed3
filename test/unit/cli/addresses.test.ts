import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFolder } from '../../support/command.ts';

// each test starts provision from its sources, which takes its time on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const inventory = `
all:
  vars:
    networks:
      nat: { kind: nat, subnet: 192.168.101.0/24, range: 192.168.101.100-192.168.101.199 }
hypervisors:
  hosts:
    here: { ssh: { host: 127.0.0.1, port: 1 } }
guests:
  vars: { hypervisor: here }
  hosts:
    everest: { ip: 192.168.101.100, public_ip: 203.0.113.10 }
    lhotse:
    makalu: { mac: "02:33:33:33:33:33" }
`;

const recorded = `# what we have
nat:
  # from the start
  makalu: 192.168.101.107 # do not move
  gone: 192.168.101.101
`;

const playbook = `
- hosts: here
  tasks:
    - file.content: { path: /etc/motd, content: "<%= guests.map((guest) => guest.ip).join(' ') %>" }
`;

// Nobody answers there: addresses are recorded before a run connects, and what then happens to it does not matter here.
const unreachable = 3;

const here = createFolder({ 'playbooks/hosts.yml': playbook, 'inventory/hosts.yml': inventory });
afterAll(here.remove);
const file = join(here.folder, 'inventory', 'addresses.yml');

beforeEach(() => {
  createIn({ 'hosts.yml': inventory, 'addresses.yml': recorded });
});

function createIn(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(here.folder, 'inventory', name), text);
}

describe.sequential('addresses', () => {
  it.each([
    [['validate', 'playbooks/hosts.yml']],
    [['playbooks/hosts.yml', '--list-hosts']],
    [['inventory', '--addresses']],
  ])('are not recorded by %s', async (argv) => {
    const { exit, stderr } = await here.provision(...argv);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(recorded);
  });

  it('are not recorded in check mode', async () => {
    const { exit, stderr } = await here.provision('playbooks/hosts.yml', '--check');
    expect({ exit, stderr }).toEqual({ exit: unreachable, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(recorded);
  });

  it('are recorded by a run, among comments that stay; the next run writes nothing', async () => {
    const first = await here.provision('playbooks/hosts.yml');
    expect(first.stderr.split('\n')).toEqual([
      'inventory/addresses.yml: released 192.168.101.101 of gone: no guest has that name any more',
      'inventory/addresses.yml: recorded 192.168.101.102 for lhotse (nat)',
      '',
    ]);
    expect(first.exit).toBe(unreachable);
    const after = recorded.replace('gone: 192.168.101.101', 'lhotse: 192.168.101.102');
    expect(readFileSync(file, 'utf8')).toBe(after);
    expect(existsSync(`${file}.new`)).toBe(false);
    const second = await here.provision('playbooks/hosts.yml');
    expect({ exit: second.exit, stderr: second.stderr }).toEqual({ exit: unreachable, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(after);
  });

  it('are recorded in a file of their own where there was none', async () => {
    rmSync(file);
    expect((await here.provision('playbooks/hosts.yml')).exit).toBe(unreachable);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
      '',
      'nat:',
      '  lhotse: 192.168.101.101',
      '  makalu: 192.168.101.102',
      '',
    ]);
  });

  it('are not recorded, and nothing is done, while another run writes them', async () => {
    writeFileSync(`${file}.new`, '');
    const { exit, stdout, stderr } = await here.provision('playbooks/hosts.yml');
    rmSync(`${file}.new`);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error PV2023: inventory\/addresses\.yml cannot be written: EEXIST.*\n.*help: another run/s,
    );
    expect(readFileSync(file, 'utf8')).toBe(recorded);
  });

  it('are shown with their networks, and with where they come from', async () => {
    const { exit, stdout } = await here.provision('inventory', '--addresses');
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: `nat (nat) 192.168.101.0/24, guests get 192.168.101.100-192.168.101.199
  here: 3 taken, 0 reserved, 97 free
  guest    hypervisor  address          MAC                public address  from
  everest  here        192.168.101.100  02:a8:51:26:fd:57  203.0.113.10    inventory/hosts.yml:12:20
  lhotse   here        192.168.101.102  02:f6:1d:7b:ff:4d  -               new
  makalu   here        192.168.101.107  02:33:33:33:33:33  -               recorded

the next run releases 192.168.101.101 of gone in inventory/addresses.yml: no guest has that name any more
`,
    });
  });

  it('are shown to programs', async () => {
    const { stdout } = await here.provision('inventory', '--addresses', '--output', 'json');
    const everest = {
      ...{ guest: 'everest', hypervisor: 'here', network: 'nat', ip: '192.168.101.100', mac: '02:a8:51:26:fd:57' },
      ...{ public_ip: '203.0.113.10', from: 'inventory/hosts.yml:12:20' },
    };
    const use = [{ hypervisor: 'here', taken: 3, reserved: 0, free: 97 }];
    expect(JSON.parse(stdout)).toMatchObject({
      networks: [{ name: 'nat', kind: 'nat', subnet: '192.168.101.0/24', use }],
      guests: [everest, { guest: 'lhotse', from: 'new' }, { guest: 'makalu', from: 'recorded' }],
      released: [{ network: 'nat', guest: 'gone', ip: '192.168.101.101' }],
    });
  });

  it.each([
    [['--addresses', '--output', 'jsno'], '`--output` takes no `jsno`'],
    [['--list', '--output', 'json'], '`--output` is for the addresses'],
  ])('%j is refused', async (argv, message) => {
    const { exit, stderr } = await here.provision('inventory', ...argv);
    expect(exit).toBe(1);
    expect(stderr).toContain(message);
  });
});
