import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, type Finished, Project, tallies } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { hostExec, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';

/** A bridge of the host, and a machine on it: a namespace with an interface of its own. */
const bridge = `
  ip link add br9 type bridge; ip addr add 10.9.0.1/24 dev br9; ip link set br9 up
  ip netns add client; ip link add port9 type veth peer name eth0 netns client
  ip link set port9 master br9 up; ip -n client link set eth0 up
  printf '%s\\n' '#!/bin/sh' '[ "$1" = bound ] || exit 0' 'echo "$ip $hostname $router"' 'echo "$siaddr $boot_file" >/root/boot' >/root/bound
  chmod +x /root/bound
  apt-get -qq update; apt-get -qq install --no-install-recommends busybox`;

let project: Project;

beforeAll(async () => {
  await resetHost(hypervisor);
  await hostExec(hypervisor, ['systemctl', 'is-system-running', '--wait']);
  expect(await onHost(bridge)).toMatchObject({ exit: 0 });
  project = await Project.create();
  await cp('playbooks', join(project.folder, 'playbooks'), { recursive: true });
  await cp('templates', join(project.folder, 'templates'), { recursive: true });
});

afterAll(() => project.remove());

function onHost(script: string) {
  return hostExec(hypervisor, ['sh', '-ec', script]);
}

function run(...options: readonly string[]): Promise<Finished> {
  const playbook = join(project.folder, 'playbooks/dhcp-server.yml');
  return project.provision(playbook, '-i', project.inventory, '--output', 'ndjson', ...options);
}

async function succeeds(...options: readonly string[]): Promise<Finished> {
  const finished = await run(...options);
  expect(ended(finished, 'failed', 'unknown', 'unreachable')).toEqual([]);
  expect(finished.exit).toBe(0);
  return finished;
}

/** What a machine with this address gets: its address, its name, its router. */
async function askFor(mac: string): Promise<string> {
  const client = 'ip netns exec client busybox udhcpc -i eth0 -f -n -q -t 30 -T 1 -s /root/bound';
  const { stdout } = await onHost(`ip -n client link set eth0 address ${mac}; ${client} 2>/dev/null || echo nothing`);
  return stdout.trim();
}

/** Where the machine that asked last is to boot from: server and file. */
async function bootOf(): Promise<string> {
  return (await onHost('cat /root/boot')).stdout.trim();
}

/** What is found out about the leases of guests. */
async function leasesProved(...guests: readonly string[]): Promise<readonly string[]> {
  const { events } = await project.provision('verify', ...guests, '-i', project.inventory, '--output', 'ndjson');
  return events
    .filter((event) => 'about' in event && event.about === 'lease')
    .map(({ host, status, message }) => `${host} ${status}: ${message}`);
}

function guest(number: number): Record<string, unknown> {
  return { hypervisor, network: 'lan9', ip: `10.9.0.${number}`, mac: macOf(number) };
}

function macOf(number: number): string {
  return `02:33:33:33:33:${number}`;
}

/** What a failed change must leave as it was: every file in the servers' folders, none left over. */
async function files(): Promise<string> {
  const { stdout } = await onHost(
    'find /etc/dhcp /etc/kea /etc/default/isc-dhcp-server -type f -exec sha256sum {} + || true',
  );
  return stdout;
}

/** The same, and the very process that served before. */
async function serving(program: string): Promise<string> {
  return `${await files()}${(await onHost(`pidof ${program}`)).stdout}`;
}

async function withTemplate(name: string, edit: (text: string) => string, work: () => Promise<void>): Promise<void> {
  const file = join(project.folder, 'templates', name);
  const text = await readFile(file, 'utf8');
  expect(edit(text)).not.toBe(text);
  await writeFile(file, edit(text));
  try {
    await work();
  } finally {
    await writeFile(file, text);
  }
}

function lineOf(text: string, words: string): number {
  return text.split('\n').findIndex((line) => line.includes(words)) + 1;
}

/** The error of a run, as NDJSON has it. */
function complaint({ stdout }: Finished): { code: string; message: string; transcript: string; at: unknown } {
  const events = stdout.split('\n').filter((line) => line.startsWith('{'));
  const failed = events.map((line) => JSON.parse(line)).find(({ diagnostic }) => diagnostic !== undefined);
  return failed?.diagnostic;
}

describe('isc-dhcp-server', { sequential: true }, () => {
  test('check mode tells of the change and writes nothing', async () => {
    const before = await upperFiles(hypervisor);
    const found = await succeeds('--check', '--diff');
    expect(tallies(found)[hypervisor]?.changed).toBe(2);
    expect(writtenBetween(before, await upperFiles(hypervisor))).toEqual([]);
  });

  test("serves the lab's own network as the lab wrote its inventory, once", async () => {
    const asItIs = ['playbooks/dhcp-server.yml', '-i', project.inventory, '--output', 'ndjson'];
    const first = await project.provision(...asItIs);
    expect(ended(first, 'failed', 'unknown', 'unreachable')).toEqual([]);
    expect(tallies(first)[hypervisor]).toMatchObject({ changed: 2 });
    const before = await upperFiles(hypervisor);
    const again = await project.provision(...asItIs);
    expect(tallies(again)[hypervisor]).toMatchObject({ ok: 4, skipped: 1, changed: 0, failed: 0 });
    expect(writtenBetween(before, await upperFiles(hypervisor))).toEqual([]);
  });

  test('gives a guest the address kept for it, and others one of the pool', async () => {
    const lan9 = { kind: 'bridged', subnet: '10.9.0.0/24', gateway: '10.9.0.1', interface: 'br9', lease: 600 };
    await project.edit([
      [['all', 'vars', 'networks', 'lan9'], { ...lan9, dynamic: '10.9.0.200-10.9.0.210' }],
      [['guests', 'hosts', 'lhotse'], guest(50)],
      [['guests', 'hosts', 'nuptse'], { ...guest(51), pxe: { next_server: '10.9.0.9', filename: 'a"b.0' } }],
    ]);
    await succeeds();
    expect(await askFor(macOf(50))).toBe('10.9.0.50 lhotse 10.9.0.1');
    expect(await askFor(macOf(51))).toBe('10.9.0.51 nuptse 10.9.0.1');
    expect(await bootOf()).toBe('10.9.0.9 a"b.0');
    expect(await askFor(macOf(99))).toMatch(/^10\.9\.0\.2\d\d +10\.9\.0\.1$/);
  });

  test('is asked for proof of leases', async () => {
    await project.edit([[['guests', 'hosts', 'absent'], guest(54)]]);
    await succeeds();
    expect(await leasesProved('lhotse', 'absent')).toEqual([
      `lhotse ok: 10.9.0.50 is leased to ${macOf(50)}`,
      `absent failed: 10.9.0.54 is reserved for ${macOf(54)}, which has not asked for it`,
    ]);
    // As if somebody had moved it in the inventory alone.
    await project.edit([[['guests', 'hosts', 'lhotse', 'ip'], '10.9.0.60']]);
    expect(await leasesProved('lhotse')).toEqual([
      `lhotse failed: 10.9.0.50 is reserved for ${macOf(50)}, not 10.9.0.60`,
    ]);
    await project.edit([
      [['guests', 'hosts', 'lhotse', 'ip'], '10.9.0.50'],
      [['guests', 'hosts', 'absent'], undefined],
    ]);
    await succeeds();
  });

  test('is told of a new guest without a restart, knows it after one, and forgets it', async () => {
    await project.edit([[['all', 'vars', 'dhcp_omapi_secret'], 'c2VjcmV0IG9mIHRoZSBsYWI=']]);
    await succeeds();
    const { stdout: process } = await onHost('pidof dhcpd');
    await project.edit([[['guests', 'hosts', 'makalu'], guest(52)]]);
    const told = await succeeds();
    expect(ended(told, 'changed').join()).toContain('tell the running isc-dhcp-server of makalu, without a restart');
    expect(told.stdout).not.toContain('c2VjcmV0IG9mIHRoZSBsYWI=');
    expect((await onHost('pidof dhcpd')).stdout).toBe(process);
    expect(await askFor(macOf(52))).toBe('10.9.0.52 makalu 10.9.0.1');
    expect(tallies(await succeeds())[hypervisor]).toMatchObject({ changed: 0 });

    await onHost('systemctl restart isc-dhcp-server');
    expect(await askFor(macOf(52))).toBe('10.9.0.52 makalu 10.9.0.1');

    await project.edit([[['guests', 'hosts', 'cho'], guest(53)]]);
    await succeeds();
    await project.edit([[['guests', 'hosts', 'cho'], undefined]]);
    await succeeds();
    expect(await askFor(macOf(53))).toMatch(/^10\.9\.0\.2\d\d /);
  });

  test('tells which guest has another address than planned', async () => {
    // It got an address of the pool above, before anybody planned one for it.
    await project.edit([[['guests', 'hosts', 'late'], guest(99)]]);
    const playbook = join(project.folder, 'playbooks/dhcp-server.yml');
    const text = await readFile(playbook, 'utf8');
    const condition =
      "<%= dhcp.differing.map((item) => item.guest + ' ' + item.planned.ip).join() === 'late 10.9.0.99' %>";
    const asking = text.replace('        template: dhcpd.conf.ejs', '$&\n        leases: true');
    const registered = asking.replace("      when: dhcp_server === 'isc'", '$&\n      register: dhcp');
    await writeFile(playbook, `${registered}    - assert.that: { that: [${JSON.stringify(condition)}] }\n`);
    await succeeds();
    await writeFile(playbook, text);
  });

  test('a template that cannot be read is told before any connection', async () => {
    const before = await serving('dhcpd');
    await withTemplate(
      'dhcpd.conf.ejs',
      (text) => text.replace('<%= guest.mac %>', '<%= guest.mac. %>'),
      async () => {
        const line = lineOf(await readFile(join(project.folder, 'templates/dhcpd.conf.ejs'), 'utf8'), 'guest.mac. ');
        const found = await run();
        expect(found.exit).toBe(1);
        expect(found.stderr + found.stdout).toContain(`templates/dhcpd.conf.ejs:${line}:`);
      },
    );
    expect(await serving('dhcpd')).toBe(before);
  });

  test.each([
    ['a syntax error', 'option host-name <%= quoted(name) %>', ', bogus', /line \d+: semicolon expected/],
    ['a range that overlaps', "pool { range <%= net.dynamic.replace('-', ' ') %>; }", ' $&', /is declared twice/],
  ])('%s that only dhcpd finds changes nothing, and is shown in the template', async (_title, place, more, words) => {
    const before = await serving('dhcpd');
    await withTemplate(
      'dhcpd.conf.ejs',
      (text) => text.replace(place, `$&${more}`),
      async () => {
        const file = await readFile(join(project.folder, 'templates/dhcpd.conf.ejs'), 'utf8');
        const found = await run();
        expect(found.exit).toBe(2);
        const { code, message, at, transcript } = complaint(found);
        expect(code).toBe('PV5501');
        expect(message).toContain('the server refuses the new /etc/dhcp/dhcpd.conf: ');
        expect(message).toMatch(words);
        expect(at).toMatchObject({ file: 'templates/dhcpd.conf.ejs', line: lineOf(file, place) });
        expect(transcript).toMatch(/^> +\d+ \| /m);
      },
    );
    expect(await serving('dhcpd')).toBe(before);
  });

  test('a range that overlaps the addresses of guests is told before any connection', async () => {
    const before = await serving('dhcpd');
    await project.edit([[['all', 'vars', 'networks', 'lan9', 'dynamic'], '10.9.0.50-10.9.0.210']]);
    const found = await run();
    expect(found.exit).toBe(1);
    expect(found.stderr + found.stdout).toMatch(/PV2020.*10\.9\.0\.50 of lhotse.*hosts\.yml:\d+/s);
    expect(await serving('dhcpd')).toBe(before);
    await project.edit([[['all', 'vars', 'networks', 'lan9', 'dynamic'], '10.9.0.200-10.9.0.210']]);
  });

  test('gets its old configuration back when it does not come up with the new one', async () => {
    const before = await files();
    await withTemplate(
      'dhcpd.conf.ejs',
      () => 'subnet 10.8.0.0 netmask 255.255.255.0 { range 10.8.0.2 10.8.0.9; }\n',
      async () => {
        const found = await run();
        expect(found.exit).toBe(2);
        const { code, message } = complaint(found);
        expect(code).toBe('PV5502');
        expect(message).toContain('No subnet declaration for');
      },
    );
    expect(await files()).toBe(before);
    expect(await askFor(macOf(50))).toBe('10.9.0.50 lhotse 10.9.0.1');
    expect(tallies(await succeeds())[hypervisor]).toMatchObject({ changed: 0 });
  });
});

test('the old configuration comes back although provision was killed in the middle', async () => {
  const before = await files();
  await withTemplate(
    'dhcpd.conf.ejs',
    () => 'subnet 10.8.0.0 netmask 255.255.255.0 { range 10.8.0.2 10.8.0.9; }\n',
    async () => {
      const playbook = join(project.folder, 'playbooks/dhcp-server.yml');
      const { child, finished } = project.start([playbook, '-i', project.inventory]);
      await expect.poll(files, { timeout: 60_000, interval: 100 }).toContain('dhcpd.conf.provision-old');
      child.kill('SIGKILL');
      expect((await finished).exit).toBeNull();
    },
  );
  await expect.poll(files, { timeout: 60_000 }).toBe(before);
  await expect.poll(() => askFor(macOf(50)), { timeout: 60_000 }).toBe('10.9.0.50 lhotse 10.9.0.1');
});

describe('Kea', { sequential: true }, () => {
  const kea = ['-e', 'dhcp_server=kea'];

  test('takes the place of isc-dhcp-server and serves the same inventory', async () => {
    await succeeds(...kea);
    expect(await askFor(macOf(50))).toBe('10.9.0.50 lhotse 10.9.0.1');
    expect(await askFor(macOf(51))).toBe('10.9.0.51 nuptse 10.9.0.1');
    expect(await bootOf()).toBe('10.9.0.9 a"b.0');
    expect((await onHost('cat /var/lib/kea/kea-leases4.csv')).stdout).toContain('10.9.0.50,02:33:33:33:33:50,');
    expect(await leasesProved('lhotse', 'nuptse')).toEqual([
      `lhotse ok: 10.9.0.50 is leased to ${macOf(50)}`,
      `nuptse ok: 10.9.0.51 is leased to ${macOf(51)}`,
    ]);
    expect((await onHost('pidof dhcpd || echo none; systemctl is-enabled isc-dhcp-server || true')).stdout).toBe(
      'none\ndisabled\n',
    );
    const before = await upperFiles(hypervisor);
    expect(tallies(await succeeds(...kea))[hypervisor]).toMatchObject({ changed: 0 });
    expect(writtenBetween(before, await upperFiles(hypervisor))).toEqual([]);
  });

  test('reads a new guest without a restart', async () => {
    const { stdout: process } = await onHost('pidof kea-dhcp4');
    await project.edit([[['guests', 'hosts', 'new'], guest(55)]]);
    expect(ended(await succeeds(...kea), 'changed').join()).toContain('have kea-dhcp4-server read it');
    expect(await askFor(macOf(55))).toBe('10.9.0.55 new 10.9.0.1');
    expect((await onHost('pidof kea-dhcp4')).stdout).toBe(process);
  });

  test.each([
    ['a mistyped name', '"valid-lifetime"', '"valid-lifetim"', (file: string) => lineOf(file, '"valid-lifetim"')],
    // Kea names where the subnet begins.
    [
      'a range that overlaps',
      'json({ pool: net.dynamic })',
      "$& + ', ' + $&",
      (file: string) => lineOf(file, '"id"') - 1,
    ],
  ])('%s that only Kea finds changes nothing, and is shown in the template', async (_title, place, instead, line) => {
    const before = await serving('kea-dhcp4');
    await withTemplate(
      'kea-dhcp4.conf.ejs',
      (text) => text.replace(place, instead),
      async () => {
        const file = await readFile(join(project.folder, 'templates/kea-dhcp4.conf.ejs'), 'utf8');
        const { code, at } = complaint(await run(...kea));
        expect(code).toBe('PV5501');
        expect(at).toMatchObject({
          file: 'templates/kea-dhcp4.conf.ejs',
          line: line(file),
        });
      },
    );
    expect(await serving('kea-dhcp4')).toBe(before);
  });

  test('makes isc-dhcp-server leave that has the port already and is still starting', async () => {
    const folder = '/run/systemd/system/isc-dhcp-server.service.d';
    const slowly = `mkdir -p ${folder}; printf '[Service]\\nExecStartPost=sleep 200\\n' >${folder}/slowly.conf`;
    await onHost(`systemctl stop kea-dhcp4-server; ${slowly}; systemctl daemon-reload`);
    await onHost(
      'systemctl start --no-block isc-dhcp-server; until ss -Hlun "sport = :67" | grep -q .; do sleep 0.1; done',
    );
    await succeeds(...kea);
    expect(await askFor(macOf(50))).toBe('10.9.0.50 lhotse 10.9.0.1');
    expect((await onHost('pidof dhcpd || echo none')).stdout).toBe('none\n');
    await onHost(`rm -r ${folder}; systemctl daemon-reload`);
  });

  test('names the server that keeps the port and belongs to no service', async () => {
    await onHost('systemctl stop kea-dhcp4-server; dhcpd -q -pf /run/stray.pid -cf /etc/dhcp/dhcpd.conf br9');
    const { code, message } = complaint(await run(...kea));
    const { stdout: stray } = await onHost('cat /run/stray.pid; kill $(cat /run/stray.pid)');
    expect(code).toBe('PV5502');
    expect(message).toContain(`another DHCP server keeps the port: "dhcpd",pid=${stray.trim()}`);
    await succeeds(...kea);
    expect(await askFor(macOf(50))).toBe('10.9.0.50 lhotse 10.9.0.1');
  });

  test('a server that stands still fails the proof', async () => {
    await onHost('systemctl stop kea-dhcp4-server');
    expect(await leasesProved('lhotse')).toContain('hypervisor1 failed: its DHCP server does not run');
    await onHost('systemctl start kea-dhcp4-server');
  });

  test('gets its old configuration back when it does not come up with the new one', async () => {
    const before = await files();
    await withTemplate(
      'kea-dhcp4.conf.ejs',
      (text) => text.replace('"type": "memfile"', '"type": "memfile", "name": "/root/leases.csv"'),
      async () => {
        const { code, message } = complaint(await run(...kea));
        expect(code).toBe('PV5502');
        expect(message).toContain('Unable to open database');
      },
    );
    expect(await files()).toBe(before);
    expect(await askFor(macOf(50))).toBe('10.9.0.50 lhotse 10.9.0.1');
  });
});
