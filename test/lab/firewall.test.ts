import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, Project, tallies } from '../support/cli.ts';
import { foreignRules } from '../support/foreign-rules.ts';
import { hostExec, labHost, resetHost, upperFiles, writtenBetween } from '../support/lab.ts';
import { Outside } from '../support/outside.ts';

const guest = '192.168.122.10';
const neighbour = '192.168.122.11';
const publicAddress = '198.51.100.10';
const guestPort = 8000;

/** A network of libvirt with two guests on it: namespaces, since here only their packets count. */
const guests = `set -e
# The lab's kernel has br_netfilter, as hypervisors seldom do: with it a bridge sends nothing back to where it came from.
sysctl -q -w net.bridge.bridge-nf-call-iptables=0 || :
virsh -q net-start default
for n in 0 1; do
  ip netns add guest$n
  ip link add tap$n type veth peer name eth0 netns guest$n
  ip link set tap$n master virbr0 up
  ip -n guest$n addr add 192.168.122.1$n/24 dev eth0
  ip -n guest$n link set eth0 up
  ip -n guest$n link set lo up
  ip -n guest$n route add default via 192.168.122.1
  systemd-run -q --unit=guest$n ip netns exec guest$n nc -lk ${guestPort}
done
for port in 7777 8080 9999; do systemd-run -q --unit=port$port nc -6lk $port; done`;

const accepted = `
          - { protocol: tcp, destination_port: 8080, comment: web of the host }
          - { chain: FORWARD, protocol: tcp, destination: ${neighbour}, destination_port: ${guestPort}, comment: lhotse }`;

function policy(more = '', rules = accepted): string {
  return `
    - name: policy
      firewall.policy:
        revert_after: 15${more}
        rules:${rules || ' []'}`;
}

const pairs = `
    - name: pairs
      nat.one_to_one:
        interface: world0
        pairs: [{ public: ${publicAddress}, private: ${guest}, guest: everest }]`;

const playbook = resolve('playbooks/firewall.yml');

let project: Project;

/** Host 1 as it comes, with the nft back end; host 2 with the one from before. */
describe.each([
  { host: 'hypervisor1', number: 1, backend: 'nf_tables' },
  { host: 'hypervisor2', number: 2, backend: 'legacy' },
])('$backend', ({ host, number, backend }) => {
  let outside: Outside;
  let foreignBefore: string;

  const inHost = async (script: string): Promise<string> => {
    const { exit, stdout, stderr } = await hostExec(host, ['sh', '-c', script]);
    if (exit !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  };
  const rules = () => inHost('iptables-save; ip6tables-save').then(withoutCounters);
  const foreigners = async () => (await rules()).filter((line) => !line.includes('PROVISION-')).join('\n');
  /** libvirt puts its own anew when it is told of a hook, which takes it a moment. */
  const foreignersStay = async (): Promise<void> => {
    await until(async () => (await foreigners()) === foreignBefore).catch(() => undefined);
    expect(await foreigners()).toBe(foreignBefore);
  };
  /** The open ones of all ports, by both families of addresses. */
  const scanned = () =>
    Promise.all([outside.hostAddress, outside.hostAddress6].map((address) => outside.openPorts(address)));
  const start = async (tasks: string, ...options: readonly string[]) => {
    const written = await project.writePlaybook('firewall.yml', `- hosts: ${host}\n  tasks:${tasks}\n`);
    return project.start([written, '-i', project.inventory, '--output', 'ndjson', ...options]);
  };
  const run = async (tasks: string, ...options: readonly string[]) => (await start(tasks, ...options)).finished;
  const changed = async (tasks: string): Promise<void> => {
    const found = await run(tasks);
    expect(ended(found, 'failed', 'unknown', 'unreachable')).toEqual([]);
    expect(tallies(found)[host]?.changed).toBeGreaterThan(0);
    await foreignersStay();
  };

  beforeAll(async () => {
    project = await Project.create();
    await resetHost(host);
    if (backend === 'legacy') {
      await inHost('for t in iptables ip6tables; do update-alternatives --set $t /usr/sbin/$t-legacy; done');
    }
    expect(await inHost('iptables -V')).toContain(backend);
    await inHost(guests);
    await inHost(foreignRules);
    outside = await Outside.cableTo(number);
    foreignBefore = await foreigners();
  });

  afterAll(async () => {
    await outside.remove();
    await project.remove();
  });

  test('before, whatever listens is open to the world', async () => {
    const [four, six] = await scanned();
    expect(four).toEqual(expect.arrayContaining([22, 7777, 8080, 9999]));
    expect(six).toEqual(expect.arrayContaining([22, 7777, 8080, 9999]));
  });

  test('check mode tells what it would do and writes nothing', async () => {
    const [files, before] = [await upperFiles(host), await rules()];
    const found = await run(policy() + pairs, '--check', '--diff');
    expect(ended(found, 'failed', 'unknown', 'unreachable')).toEqual([]);
    expect(tallies(found)[host]).toMatchObject({ changed: 2 });
    expect(writtenBetween(files, await upperFiles(host))).toEqual([]);
    expect(await rules()).toEqual(before);
  });

  test('open is exactly what is named, and what somebody else had opened', async () => {
    await changed(policy());
    expect(await scanned()).toEqual([
      [7777, 8080],
      [7777, 8080],
    ]);
    expect(await outside.openPorts(neighbour, [7990, 8010])).toEqual([guestPort]);
    expect(await outside.openPorts(guest, [7990, 8010])).toEqual([]);
  });

  test('neighbours still find each other by IPv6', async () => {
    await inHost('ip -6 neigh flush dev world0');
    await inHost(`ping -6 -c 1 -W 5 ${outside.address6}`);
  });

  test('a second run changes nothing', async () => {
    const [files, before] = [await upperFiles(host), await rules()];
    const found = await run(policy());
    expect(tallies(found)[host]).toMatchObject({ ok: 1, changed: 0, failed: 0 });
    expect(writtenBetween(files, await upperFiles(host))).toEqual([]);
    expect(await rules()).toEqual(before);
  });

  test('a one-to-one address leads to its guest from everywhere, and nothing else does', async () => {
    await changed(policy() + pairs);
    expect(await outside.openPorts(publicAddress, [1, 9000])).toEqual([guestPort]);
    expect(await outside.openPorts(guest, [7990, 8010])).toEqual([]);
    const reaches = (namespace: string) =>
      inHost(`${namespace} nc -zw 3 ${publicAddress} ${guestPort} && ! ${namespace} nc -zw 1 ${publicAddress} 22`);
    await reaches('');
    await reaches('ip netns exec guest1');
    await reaches('ip netns exec guest0');
    const found = await run(policy() + pairs);
    expect(tallies(found)[host]).toMatchObject({ ok: 2, changed: 0, failed: 0 });
  });

  test('the guest is known by its public address where it goes', async () => {
    const call = () => inHost(`ip netns exec guest0 nc -zw 3 ${outside.address} 9000`);
    expect(await outside.caller(9000, call)).toBe(publicAddress);
  });

  test('another lab host reaches the address, once it knows the way', async () => {
    const other = host === 'hypervisor1' ? 'hypervisor2' : 'hypervisor1';
    const { address } = await labHost(host);
    const script = `ip route replace ${publicAddress} via ${address} && nc -zw 3 ${publicAddress} ${guestPort} && ! nc -zw 1 ${publicAddress} 22`;
    const { exit, stderr } = await hostExec(other, ['sh', '-c', script]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });

  test('a policy that shuts us out fails with the reason, and the one of before is back', async () => {
    const before = await rules();
    const found = await run(policy('\n        admit_controller: false'));
    expect(found.exit).toBe(2);
    expect(ended(found, 'failed').join()).toMatch(/PV5202 .*no rule accepts tcp port 22 from/);
    // Which of our own jumps on top of FORWARD comes first does not matter: both only accept.
    expect((await rules()).toSorted()).toEqual(before.toSorted());
    await foreignersStay();
    expect(tallies(await run(policy()))[host]).toMatchObject({ ok: 1, changed: 0, failed: 0 });
  });

  test.each([
    { timer: 'of systemd', before: 'true', after: 'true' },
    {
      timer: 'of a shell',
      before: 'mv /run/systemd/system /run/systemd/hidden',
      after: 'mv /run/systemd/hidden /run/systemd/system',
    },
  ])(
    'a controller that is killed while its rules are unconfirmed: the timer $timer heals',
    async ({ before: hide, after: show }) => {
      const before = await rules();
      await inHost(hide);
      const { child, finished } = await start(policy('\n        admit_controller: false', ''));
      await until(async () => (await rules()).join() !== before.join());
      child.kill('SIGKILL');
      await finished;
      expect(await outside.openPorts(outside.hostAddress, [8080, 8080])).toEqual([]);
      await until(async () => (await rules()).toSorted().join() === before.toSorted().join());
      await inHost(show);
      expect(await inHost('ls /run/provision/firewall')).toBe('');
      expect(tallies(await run(policy()))[host]).toMatchObject({ ok: 1, changed: 0, failed: 0 });
    },
  );

  test('rules of a killed run are not taken for confirmed ones', async () => {
    const confirmed = await rules();
    const { child, finished } = await start(policy('\n        admit_controller: false', ''));
    await until(async () => (await rules()).join() !== confirmed.join());
    child.kill('SIGKILL');
    await finished;
    // The lock of a killed run is free when the host has seen that its session is gone.
    await until(async () => (await inHost('grep -lsa "provision-loc[k]" /proc/[0-9]*/cmdline || true')) === '');
    await changed(policy('\n        admit_controller: false', '\n          - { protocol: tcp, destination_port: 22 }'));
    await sleep(16_000);
    expect(await outside.openPorts(outside.hostAddress, [1, 9000])).toEqual([22, 7777]);
  });

  test('what is taken away leaves everything else in its place', async () => {
    await changed(`
    - firewall.policy: { state: absent }
    - nat.one_to_one: { pairs: [] }`);
    expect((await rules()).filter((line) => line.includes('PROVISION'))).toEqual([]);
    expect(await inHost('ip addr show world0; ls /etc/provision || true')).not.toMatch(/198.51.100.10|firewall/);
    expect(await outside.openPorts(outside.hostAddress, [1, 10_000])).toEqual(
      expect.arrayContaining([22, 7777, 8080, 9999]),
    );
  });
});

test('the playbook does it as it is, for a guest that says what it lets in', async () => {
  const project = await Project.create();
  await resetHost('hypervisor1');
  await project.edit([
    [['guests', 'hosts', 'everest', 'public_ip'], '203.0.113.10'],
    [['guests', 'hosts', 'everest', 'accept'], [{ protocol: 'tcp', destination_port: '80,443' }]],
  ]);
  const run = () => project.provision(playbook, '-i', project.inventory, '--output', 'ndjson');
  expect(ended(await run(), 'failed', 'unknown', 'unreachable')).toEqual([]);
  const { stdout } = await hostExec('hypervisor1', ['iptables-save']);
  expect(stdout).toContain(
    '-A PROVISION-FORWARD -d 192.168.101.100/32 -p tcp -m multiport --dports 80,443 -m comment --comment everest -j ACCEPT',
  );
  expect(stdout).toContain(
    '-A PROVISION-ONE-DNAT -d 203.0.113.10/32 -m comment --comment everest -j DNAT --to-destination 192.168.101.100',
  );
  expect(tallies(await run()).hypervisor1).toMatchObject({ changed: 0, failed: 0 });
  await project.remove();
});

function withoutCounters(save: string): string[] {
  return save.split('\n').flatMap((line) => (/^(#|$)/.test(line) ? [] : [line.replace(/ \[\d+:\d+\]$/, '')]));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 300) throw new Error('it did not come about');
    await sleep(200);
  }
}
