import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { down, up } from '../../src/lab/lab.ts';
import { status } from '../../src/lab/status.ts';
import { ended, type Finished, Project, tallies } from '../support/cli.ts';
import { hypervisor } from '../support/guest-login.ts';
import { labHost, resetHost, testLab } from '../support/lab.ts';
import { Outside } from '../support/outside.ts';
import { ipv6, type LabSite, onSite, shownKeys, standIn, standInPort, startNetwork } from '../support/stand-in.ts';

const quiet = () => undefined;

/** Rules as Docker and an administrator make them, those of nftables in its file: nobody's business but theirs. */
const foreign = `
cat >/etc/nftables.conf <<'END'
flush ruleset
table inet admin {
  set enemies { type ipv4_addr; elements = { 192.0.2.66, 192.0.2.67 } }
  chain input { type filter hook input priority -10; policy accept; ip saddr @enemies counter drop; }
  chain forward { type filter hook forward priority 10; policy accept; tcp dport 9 counter drop comment "discard"; }
}
END
nft -f - <<END
$(sed 1d /etc/nftables.conf)
END
iptables -N DOCKER-USER; iptables -A DOCKER-USER -j RETURN; iptables -I FORWARD -j DOCKER-USER
iptables -t nat -A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80
iptables -A INPUT -s 192.0.2.66/32 -m comment --comment "an old enemy" -j DROP`;

/** Where libvirt and iptables keep their rules; the kernel of a lab may lack what libvirt asks of \`tc\` for DHCP. */
const backEnds = {
  nft: 'update-alternatives --set iptables /usr/sbin/iptables-nft; systemctl restart libvirtd',
  legacy: 'update-alternatives --set iptables /usr/sbin/iptables-legacy; systemctl restart libvirtd',
  'libvirt with nftables': `
    printf '%s\\n' '#!/bin/sh' '/usr/sbin/tc "$@" && exit' 'case $* in *csum*) exit 0 ;; esac; exit 1' >/usr/local/sbin/tc
    chmod 755 /usr/local/sbin/tc; echo 'firewall_backend = "nftables"' >>/etc/libvirt/network.conf
    systemctl restart libvirtd`,
};

let project: Project;

beforeAll(async () => {
  project = await Project.create();
});

afterAll(() => project.remove());

async function bookworm(): Promise<LabSite> {
  await resetHost(hypervisor);
  return { lab: testLab.name, host: hypervisor, address: (await labHost(hypervisor)).address };
}

/** A lab of its own: all hosts of one have the same Debian. */
const trixieLab = {
  name: `${testLab.name.slice(0, 8)}t`,
  subnet: testLab.subnet.replace(/\d+$/, '1'),
  inventory: `inventory/lab/${testLab.name}-trixie.yml`,
};

async function trixie(): Promise<LabSite> {
  await down(trixieLab.name, quiet);
  const { hosts } = await up({ ...trixieLab, hosts: 1, suite: 'trixie', report: quiet });
  await copyFile(trixieLab.inventory, project.inventory);
  return { lab: trixieLab.name, host: hypervisor, address: hosts[0]?.address ?? '' };
}

/** What is there besides ours, without counters: in iptables, in nftables, in the tables of libvirt. */
async function othersRules(site: LabSite): Promise<string> {
  const { stdout } = await onSite(
    site,
    `iptables-save | grep -v "^#\\|PROVISION-" | sed "s/\\[.*//"
    for table in "inet admin" "ip libvirt_network" "ip6 libvirt_network"; do nft -s list table $table 2>/dev/null || true; done |
      awk '/^\\tchain provision-/ { ours = 1 } !ours && !/jump provision-/; /^\\t}/ { ours = 0 }' | grep .`,
  );
  return stdout;
}

/** All rules, and what was written since the last time; of our own jumps it does not matter which comes first. */
async function everything(site: LabSite): Promise<readonly string[]> {
  const { stdout } = await onSite(
    site,
    `{ iptables-save; ip6tables-save; } | grep -v "^#" | sed "s/\\[.*//"; nft -s list table ip libvirt_network 2>/dev/null || true
    [ ! -e /run/looked ] || find /etc /usr/local /root -newer /run/looked -type f; touch /run/looked`,
  );
  return stdout.split('\n').toSorted();
}

async function everythingOfOurs(site: LabSite): Promise<string> {
  const { stdout } = await onSite(
    site,
    `{ iptables-save; ip6tables-save; nft list ruleset 2>/dev/null || true; } | grep -i "provision" || true
    ls -d /etc/provision /usr/local/sbin/provision-firewall /etc/systemd/system/*provision* \\
      /etc/systemd/system/*.d/provision.conf /etc/firewalld/policies/provision-* /etc/libvirt/hooks/network.d/provision 2>/dev/null || true`,
  );
  return stdout.trim();
}

function forward(settings: string): Promise<Finished> {
  return applied([`port.forward: { guest: everest, to: ${guest}, to_port: 22, ${settings} }`]);
}

/** The same for IPv6; a name of its own keeps it apart. */
const forwardOfIpv6 = `port.forward: { guest: everest, name: six, host_port: 10026, to: "${ipv6.guest}", to_port: 22`;

async function run(tasks: readonly string[], ...options: readonly string[]): Promise<Finished> {
  const list = tasks.map((task) => `    - ${task}\n`).join('');
  const path = await project.writePlaybook('site.yml', `- hosts: ${hypervisor}\n  tasks:\n${list}`);
  return project.provision(path, '-i', project.inventory, ...options);
}

async function applied(tasks: readonly string[]): Promise<Finished> {
  const finished = await run(tasks, '--output', 'ndjson');
  expect(ended(finished, 'failed', 'unknown', 'unreachable')).toEqual([]);
  expect(finished.exit, finished.stderr).toBe(0);
  return finished;
}

async function changesBy(settings: string): Promise<number | undefined> {
  return tallies(await forward(settings))[hypervisor]?.changed;
}

const guest = '192.168.101.100';
const publicAddress = '198.51.100.10';

/** A port of the host is named, and the guest's SSH. */
const edge = [
  `firewall.policy: { rules: [{ protocol: tcp, destination_port: ${standInPort} },
          { chain: FORWARD, protocol: tcp, destination: ${guest}, destination_port: 22 }] }`,
  `nat.one_to_one: { interface: eth0,
          pairs: [{ public: ${publicAddress}, private: ${guest}, guest: everest, accept: policy }] }`,
];

const withoutEdge = ['firewall.policy: { state: absent }', 'nat.one_to_one: { pairs: [] }'];

async function edgeChanges(tasks: readonly string[]): Promise<number | undefined> {
  return tallies(await applied(tasks))[hypervisor]?.changed;
}

async function reboot(site: LabSite): Promise<void> {
  const { hosts } = await status(site.lab);
  process.kill(hosts.find(({ name }) => name === site.host)?.pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await status(site.lab)).state, { timeout: 30_000 }).toBe('partly up');
  await up({ ...(site.lab === testLab.name ? testLab : trixieLab), report: quiet });
}

async function runs(site: LabSite, script: string): Promise<void> {
  expect(await onSite(site, script)).toMatchObject({ exit: 0 });
}

/** What pushes the rules of others away, each in its own way. */
const events: Readonly<Record<string, (site: LabSite) => Promise<void>>> = {
  'libvirtd restarts': (site) => runs(site, 'systemctl restart libvirtd'),
  'the network restarts': (site) => runs(site, 'virsh net-destroy nat; virsh net-start nat'),
  'nftables reloads': (site) => runs(site, 'systemctl start nftables; systemctl reload nftables'),
  'libvirtd reloads': (site) => runs(site, 'systemctl reload libvirtd'),
  'libvirtd restarts after that': (site) => runs(site, 'systemctl restart libvirtd'),
  'the host reboots': reboot,
};

describe.each([
  ['bookworm', 'nft', bookworm],
  ['bookworm', 'legacy', bookworm],
  ['trixie', 'libvirt with nftables', trixie],
] as const)('a forward on %s, %s', { sequential: true }, (suite, backEnd, start) => {
  let site: LabSite;
  let key: string;
  let others: string;
  let client: Outside;

  /** What a client of neither host nor guest finds; SSH of the host is for those who loaded the policy. */
  const found = async () => ({
    as: await client
      .caller(9000, () => onSite(site, `ip netns exec everest nc -zw 3 ${client.address} 9000`))
      .catch(String),
    behind: (await onSite(site, `nc -z -w 3 ${guest} ${standInPort}`)).exit,
    host: await client.openPorts(site.address, [1, 3000]),
    key: await client.shownKey(publicAddress),
    public: await client.openPorts(publicAddress, [1, 3000]),
  });
  const finds = (): Promise<void> => {
    const wanted = { as: publicAddress, behind: 0, host: [standInPort], key, public: [22] };
    return expect.poll(found, { timeout: 60_000 }).toEqual(wanted);
  };

  /** libvirt puts its own anew when it is told of a hook, which takes it a moment. */
  const othersStay = (): Promise<void> => expect.poll(() => othersRules(site), { timeout: 30_000 }).toBe(others);

  const reaches = (port: number, expected: readonly string[]): Promise<void> =>
    expect.poll(() => shownKeys(site, port), { timeout: 60_000 }).toEqual(expected);

  /** From outside, from the host itself and from the neighbour. */
  const ipv6Reaches = (expected: string): Promise<void> => {
    const scan = `ssh-keyscan -T 3 -t ed25519 -p 10026 ${ipv6.host} 2>/dev/null | grep -v "^#" | cut -d" " -f2- | grep . || echo closed`;
    const shown = () =>
      Promise.all([
        client.shownKey(ipv6.host, 10026),
        onSite(site, scan).then(({ stdout }) => stdout.trim()),
        onSite(site, `ip netns exec lhotse sh -c '${scan}'`).then(({ stdout }) => stdout.trim()),
      ]);
    return expect.poll(shown, { timeout: 60_000 }).toEqual([expected, expected, expected]);
  };

  beforeAll(async () => {
    site = await start();
    await runs(site, `systemctl is-system-running --wait; ${backEnds[backEnd]}`);
    await runs(site, 'apt-get -qq update; apt-get -qq -y install nftables');
    await startNetwork(site);
    key = await standIn(site);
    await runs(site, foreign);
    others = await othersRules(site);
    expect(others).toMatch(/DOCKER-USER(.*\n)+table inet admin/);
    const { name, subnet } = suite === 'trixie' ? trixieLab : testLab;
    client = await Outside.besideHosts(name, subnet);
    await client.knowsTheWay(publicAddress, site.address);
  });

  afterAll(async () => {
    await client.remove();
    if (suite === 'trixie') await down(trixieLab.name, quiet);
  });

  test('reaches the guest from outside, from the host and from its neighbours, and nothing else is open', async () => {
    await reaches(10022, ['closed', 'closed', 'closed']);
    expect(await changesBy('host_port: 10022')).toBe(1);
    await reaches(10022, [key, key, key]);
    expect(await shownKeys(site, 10023)).toEqual(['closed', 'closed', 'closed']);
    await othersStay();
    expect(await changesBy('host_port: 10022')).toBe(0);
  });

  test('the same over IPv6', async () => {
    await ipv6Reaches('closed');
    await applied([`${forwardOfIpv6} }`]);
    await ipv6Reaches(key);
    expect(tallies(await applied([`${forwardOfIpv6} }`]))[hypervisor]?.changed).toBe(0);
    await othersStay();
  });

  test('stands beside a policy and a one-to-one address, which let in what they name and nothing else', async () => {
    expect(await client.openPorts(site.address)).toEqual(expect.arrayContaining([22, standInPort]));
    expect(await edgeChanges(edge)).toBe(edge.length);
    await finds();
    expect(await client.openPorts(site.address)).toEqual([standInPort, 10022]);
    await reaches(10022, [key, key, key]);
    await ipv6Reaches(key);
    await othersStay();
  });

  test.each([
    [
      'would shut us out',
      '{ admit_controller: false, revert_after: 15 }',
      /PV5202.* no rule accepts tcp port 22 from /,
    ],
    ['the host does not understand', '{ rules: [{ protocol: bogus }] }', /PV5001(.*\n)+.*"bogus"/],
    ['cannot be read', '{ rules: [{ protocol: tcp, destination_port: "<%= 22 + %>" }] }', /PV3003/],
    ['cannot be', '{ rules: [{ destination_port: 22 }] }', /PV5204.* names a port/],
  ])('a policy that %s changes nothing, and is told with its place', async (_title, settings, message) => {
    await everything(site);
    const before = await everything(site);
    expect(before).toContain('-A INPUT -j PROVISION-INPUT');
    const { exit, stdout, stderr } = await run([`firewall.policy: ${settings}`]);
    expect(exit).toBeGreaterThan(0);
    expect(stdout + stderr).toMatch(message);
    expect(stdout + stderr).toMatch(/\/site.yml:3:\d+$/m);
    expect(await everything(site)).toEqual(before);
    expect(await edgeChanges(edge)).toBe(0);
  });

  test.each(Object.entries(events))('stays, and they too, when %s', async (_name, happens) => {
    await happens(site);
    await standIn(site);
    await Promise.all([reaches(10022, [key, key, key]), ipv6Reaches(key), finds()]);
    expect(await changesBy('host_port: 10022')).toBe(0);
    expect(await edgeChanges(edge)).toBe(0);
  });

  test('outlives them', async () => {
    await applied(withoutEdge);
    expect(await edgeChanges(withoutEdge)).toBe(0);
    await reaches(10022, [key, key, key]);
    expect((await found()).host).toEqual(expect.arrayContaining([22, standInPort]));
    expect((await onSite(site, 'ip addr show eth0')).stdout).not.toContain(publicAddress);
  });

  test('moves to another port, and the old one closes', async () => {
    expect(await changesBy('host_port: 10099')).toBe(1);
    await reaches(10099, [key, key, key]);
    await reaches(10022, ['closed', 'closed', 'closed']);
  });

  test('lets in only whom it names, and the host itself', async () => {
    await changesBy('host_port: 10099, source: [192.0.2.0/24]');
    await reaches(10099, ['closed', key, 'closed']);
  });

  test('leaves nothing behind, and what others made as it was', async () => {
    others = await othersRules(site);
    expect(await changesBy('host_port: 10099, state: absent')).toBe(1);
    await reaches(10099, ['closed', 'closed', 'closed']);
    await ipv6Reaches(key);
    await applied([`${forwardOfIpv6}, state: absent }`]);
    await ipv6Reaches('closed');
    expect(await everythingOfOurs(site)).toBe('');
    await othersStay();
    expect(await changesBy('host_port: 10099, state: absent')).toBe(0);
  });
});

describe.each([
  ['bookworm', 'true', bookworm],
  ['trixie', backEnds['libvirt with nftables'], trixie],
] as const)('beside firewalld on %s', { sequential: true }, (suite, prepare, start) => {
  let site: LabSite;
  let key: string;
  let client: Outside;
  const edged = [...edge, `port.forward: { guest: everest, to: ${guest}, to_port: 22, host_port: 10022 }`];

  /** SSH of the host is for those who loaded the policy; the way to the guest itself is known to the client. */
  const found = async () => ({
    forward: await shownKeys(site, 10022),
    guest: await client.openPorts(guest, [1, 3000]),
    host: await client.openPorts(site.address, [1, 3000]),
    public: await client.openPorts(publicAddress, [1, 3000]),
  });
  const finds = (): Promise<void> =>
    expect
      .poll(found, { timeout: 60_000 })
      .toEqual({ forward: [key, key, key], guest: [22], host: [standInPort], public: [22] });

  beforeAll(async () => {
    site = await start();
    if (suite === 'bookworm') await copyFile(testLab.inventory, project.inventory);
    await runs(site, `systemctl is-system-running --wait; ${prepare}`);
    await runs(site, 'apt-get -qq update; apt-get -qq -y install firewalld; systemctl start firewalld');
    // As where a network comes up at boot: network.target, which libvirtd waits for, comes after firewalld.
    await runs(
      site,
      `mkdir -p /etc/systemd/system/libvirtd.service.d
      printf '[Unit]\nAfter=firewalld.service\n' >/etc/systemd/system/libvirtd.service.d/order.conf; systemctl daemon-reload`,
    );
    await runs(site, 'systemctl restart libvirtd');
    await startNetwork(site);
    key = await standIn(site);
    const { name, subnet } = suite === 'trixie' ? trixieLab : testLab;
    client = await Outside.besideHosts(name, subnet);
    for (const address of [publicAddress, guest]) await client.knowsTheWay(address, site.address);
  });

  afterAll(async () => {
    await client.remove();
    if (suite === 'trixie') await down(trixieLab.name, quiet);
  });

  test('policy, one-to-one address and forward let in what they name, and nothing else', async () => {
    expect(await found()).toEqual({ forward: ['closed', 'closed', 'closed'], guest: [], host: [22], public: [] });
    expect(await edgeChanges(edged)).toBe(edged.length);
    await finds();
    expect(await edgeChanges(edged)).toBe(0);
  });

  test.each(
    Object.entries<(site: LabSite) => Promise<void>>({
      'firewalld reloads': () => runs(site, 'firewall-cmd --reload'),
      'firewalld restarts': () => runs(site, 'systemctl restart firewalld'),
      'libvirtd restarts': () => runs(site, 'systemctl restart libvirtd'),
      'the host reboots': reboot,
    }),
  )('they stay when %s', async (_title, happens) => {
    await happens(site);
    await standIn(site);
    await finds();
    expect(await edgeChanges(edged)).toBe(0);
  });

  test('a rule that firewalld has no words for is refused before anything changes', async () => {
    const { stdout, stderr } = await run(['firewall.policy: { rules: [{ in_interface: virbr7 }] }']);
    expect(stdout + stderr).toMatch(/PV5206.* names virbr7 alone/);
    await finds();
  });

  test('what is taken away leaves firewalld as it was', async () => {
    await applied(withoutEdge);
    await expect.poll(async () => (await found()).host, { timeout: 30_000 }).toEqual([22]);
    expect((await onSite(site, 'firewall-cmd --get-policies; ls /etc/firewalld/policies')).stdout).not.toContain(
      'provision',
    );
    await expect.poll(() => shownKeys(site, 10022), { timeout: 60_000 }).toEqual([key, key, key]);
  });

  test('with iptables behind firewalld a forward stays, and a policy is refused', async () => {
    await runs(
      site,
      `sed -i s/^FirewallBackend=.*/FirewallBackend=iptables/ /etc/firewalld/firewalld.conf
      systemctl restart firewalld; firewall-cmd --reload`,
    );
    await expect.poll(() => shownKeys(site, 10022), { timeout: 60_000 }).toEqual([key, key, key]);
    const { stdout, stderr } = await run(['firewall.policy: { rules: [] }']);
    expect(stdout + stderr).toContain('PV5203');
  });
});

describe('provision verify', { sequential: true }, () => {
  let site: LabSite;
  const verify = (...options: readonly string[]): Promise<Finished> =>
    project.provision('verify', 'everest', '-i', project.inventory, ...options);

  beforeAll(async () => {
    site = await bookworm();
    await copyFile(testLab.inventory, project.inventory);
    await startNetwork(site);
    await writeFile(join(project.folder, 'known_hosts'), `everest ${await standIn(site)}\n`);
    await forward('host_port: 10022');
  });

  test.each([
    ['from here', []],
    ['from another host', ['--from', 'hypervisor2']],
  ])('proves what is right, %s', async (_title, from) => {
    await expect.poll(async () => (await verify(...from)).exit, { timeout: 60_000 }).toBe(0);
    expect((await verify(...from)).stdout).toMatch(/^everest +ssh +ok +\S+:10022 shows the pinned host key/m);
    expect((await verify(...from, '-q')).stdout).toBe('');
  });

  test('proves a one-to-one address, and that something listens on a closed port', async () => {
    await project.edit([[['guests', 'hosts', 'everest', 'public_ip'], publicAddress]]);
    await applied(edge);
    await runs(site, 'systemd-run -q --unit=closed-port nc -lk 2281');
    await runs({ ...site, host: 'hypervisor2' }, `ip route replace ${publicAddress} via ${site.address}`);
    const right = await verify('--from', 'hypervisor2');
    expect(right.stdout).toMatch(/^everest +public +ok +198.51.100.10:22 shows the pinned host key, seen from hyp/m);
    expect(right.stdout).toMatch(/^hypervisor1 +closed +ok +closed although something listens, .*\b2281\b/m);
    expect(right.exit).toBe(0);

    await runs(site, 'iptables -I INPUT -p tcp --dport 2281 -j ACCEPT; iptables -t nat -F PROVISION-ONE-DNAT');
    const wrong = await verify('--from', 'hypervisor2');
    expect(wrong.stdout).toMatch(
      /^everest +public +failed +everest \(198.51.100.10:22\) shows the host key .* but is known by/m,
    );
    expect(wrong.stdout).toMatch(/^hypervisor1 +closed +failed +the policy closes 2281, which opens/m);
    expect(wrong.exit).toBe(2);
    await applied(withoutEdge);
    await project.edit([[['guests', 'hosts', 'everest', 'public_ip'], undefined]]);
  });

  test('tells of a forward of UDP what can be told: an answer, a refusal, silence', async () => {
    const dns = `port.forward: { guest: everest, host_port: 10053, protocol: udp, to: ${guest}, to_port: 53`;
    await applied([`${dns} }`]);
    const serves = (name: string, script: string): Promise<void> =>
      runs(site, `systemd-run -q --unit=${name} -p Restart=always ip netns exec everest ${script}`);
    const told = async (from: readonly string[]) =>
      /^everest +forward +(.*)$/m.exec((await verify(...from)).stdout)?.[1];
    for (const from of [[], ['--from', 'hypervisor2']]) {
      await expect.poll(() => told(from)).toMatch(/^failed +udp \S+:10053 is refused, by the guest or before it/);
    }
    await serves('silent', `nc -u -l -k 53`);
    for (const from of [[], ['--from', 'hypervisor2']]) {
      await expect.poll(() => told(from), { timeout: 30_000 }).toMatch(/^skipped +udp \S+:10053 is silent, seen from/);
    }
    await runs(site, 'systemctl stop silent');
    const echo = '$s = IO::Socket::INET->new(LocalPort => 53, Proto => "udp"); $s->send($m) while $s->recv($m, 9)';
    await onSite(site, 'cat >/root/echo.pl', `use IO::Socket::INET; ${echo}`);
    await serves('answers', 'perl /root/echo.pl');
    for (const from of [[], ['--from', 'hypervisor2']]) {
      await expect.poll(() => told(from), { timeout: 30_000 }).toMatch(/^ok +udp \S+:10053 answers, seen from/);
    }
    await runs(site, 'systemctl stop answers');
    await applied([`${dns}, state: absent }`]);
  });

  test('fails for another key, and for a forward that is gone', async () => {
    const pins = await readFile(join(project.folder, 'known_hosts'), 'utf8');
    const { stdout } = await onSite(site, 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub');
    await writeFile(join(project.folder, 'known_hosts'), `everest ${stdout}`);
    const impostor = await verify('--output', 'ndjson');
    expect(impostor.exit).toBe(2);
    expect(impostor.events.find(({ event }) => event === 'finding')).toMatchObject({
      host: 'everest',
      status: 'failed',
    });
    await writeFile(join(project.folder, 'known_hosts'), pins);
    await runs(site, 'iptables -t nat -F PROVISION-PORT-TO');
    const gone = await verify('--output', 'junit');
    expect(gone.exit).toBe(2);
    expect(gone.stdout).toMatch(/<testcase classname="everest" name="ssh"[^>]*><failure message="[^"]*ECONNREFUSED/);
  });

  test('fails where another machine has the address', async () => {
    await runs(site, '/usr/local/sbin/provision-firewall load; ip -n everest link set eth0 address 02:33:33:33:33:99');
    await onSite(site, 'ip neigh flush all');
    const found = await verify();
    expect(found.exit).toBe(2);
    expect(found.stdout).toMatch(/address +failed +at 192.168.101.100 answers 02:33:33:33:33:99/);
  });
});
