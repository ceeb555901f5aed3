import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from '../support/cli.ts';
import { changesBy, edge, forward, guest, publicAddress, run, withoutEdge } from '../support/edge.ts';
import { foreignRules } from '../support/foreign-rules.ts';
import { Outside } from '../support/outside.ts';
import { freshSite, leave, reboot, subnetOf } from '../support/sites.ts';
import {
  ipv6,
  type LabSite,
  libvirtWithNftables,
  onSite,
  runs,
  shownKeys,
  standIn,
  standInPort,
  startNetwork,
} from '../support/stand-in.ts';
import { together } from '../support/together.ts';

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
iptables -t nat -A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80
${foreignRules}`;

/** Where libvirt and iptables keep their rules. */
const backEnds = {
  nft: 'update-alternatives --set iptables /usr/sbin/iptables-nft; systemctl restart libvirtd',
  legacy: 'update-alternatives --set iptables /usr/sbin/iptables-legacy; systemctl restart libvirtd',
  'libvirt with nftables': libvirtWithNftables,
};

let project: Project;

beforeAll(async () => {
  project = await Project.create();
});

afterAll(() => project.remove());

/** What is there besides ours, without counters: in iptables, in nftables, in the tables of libvirt. */
async function othersRules(site: LabSite): Promise<string> {
  const { stdout } = await onSite(
    site,
    `{ iptables-save; ip6tables-save; } | grep -v "^#\\|PROVISION-" | sed "s/\\[.*//"
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

function forwards(settings: string): Promise<number | undefined> {
  return changesBy(project, [forward(settings)]);
}

/** For IPv6; a name of its own keeps it apart. */
const forwardOfIpv6 = `port.forward: { guest: everest, name: six, host_port: 10026, to: "${ipv6.guest}", to_port: 22`;

function edgeChanges(tasks: readonly string[]): Promise<number | undefined> {
  return changesBy(project, tasks);
}

/** The host is given the network that it has by Debian's own ifupdown, which takes off whatever it does not know. */
const restartOfHostNetwork = (site: LabSite) => `
apt-get -qq -y install ifupdown
printf '%s\\n' 'auto eth0' 'iface eth0 inet static' ' address ${site.address}/24' ' gateway ${subnetOf(site)}.1' >/etc/network/interfaces
systemctl disable networking; ifdown --force eth0; ifup eth0`;

/** What pushes the rules of others away, each in its own way. */
const events: Readonly<Record<string, (site: LabSite) => Promise<void>>> = {
  'libvirtd restarts': (site) => runs(site, 'systemctl restart libvirtd'),
  'the network restarts': (site) => runs(site, 'virsh net-destroy nat; virsh net-start nat'),
  'nftables reloads': (site) => runs(site, 'systemctl start nftables; systemctl reload nftables'),
  'libvirtd reloads': (site) => runs(site, 'systemctl reload libvirtd'),
  'the network of the host restarts': (site) => runs(site, restartOfHostNetwork(site)),
  'libvirtd restarts after that': (site) => runs(site, 'systemctl restart libvirtd'),
  'the host reboots': reboot,
};

describe.each([
  ['bookworm', 'nft'],
  ['bookworm', 'legacy'],
  ['trixie', 'libvirt with nftables'],
] as const)('a forward on %s, %s', { sequential: true }, (suite, backEnd) => {
  let site: LabSite;
  let key: string;
  let others: string;
  let client: Outside;

  /** What a client of neither host nor guest finds; SSH of the host is for those who loaded the policy. */
  const found = () =>
    together<unknown>({
      as: client.caller(9000, () => onSite(site, `ip netns exec everest nc -zw 3 ${client.address} 9000`)),
      behind: onSite(site, `nc -z -w 3 ${guest} ${standInPort}`).then(({ exit }) => exit),
      host: client.openPorts(site.address, [1, 3000]),
      key: client.shownKey(publicAddress),
      public: client.openPorts(publicAddress, [1, 3000]),
    });
  const finds = (): Promise<void> => {
    const wanted = { as: publicAddress, behind: 0, host: [standInPort], key, public: [22] };
    return expect.poll(found, { timeout: 60_000 }).toEqual(wanted);
  };

  /** libvirt puts its own anew when it is told of a hook, which takes it a moment. */
  const othersStay = (): Promise<void> => expect.poll(() => othersRules(site), { timeout: 60_000 }).toBe(others);

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
    site = await freshSite(suite, project);
    await runs(site, `systemctl is-system-running --wait; ${backEnds[backEnd]}`);
    await runs(site, 'apt-get -qq update; apt-get -qq -y install nftables');
    await startNetwork(site);
    key = await standIn(site);
    await runs(site, foreign);
    others = await othersRules(site);
    expect(others).toMatch(/DOCKER-USER(.*\n)+table inet admin/);
    client = await Outside.besideHosts(site.lab, subnetOf(site));
    await client.knowsTheWay(publicAddress, site.address);
  });

  afterAll(async () => {
    await client.remove();
    await leave(site);
  });

  test('reaches the guest from outside, from the host and from its neighbours, and nothing else is open', async () => {
    await reaches(10022, ['closed', 'closed', 'closed']);
    expect(await forwards('host_port: 10022')).toBe(1);
    await reaches(10022, [key, key, key]);
    expect(await shownKeys(site, 10023)).toEqual(['closed', 'closed', 'closed']);
    await othersStay();
    expect(await forwards('host_port: 10022')).toBe(0);
  });

  test('the same over IPv6', async () => {
    await ipv6Reaches('closed');
    await changesBy(project, [`${forwardOfIpv6} }`]);
    await ipv6Reaches(key);
    expect(await changesBy(project, [`${forwardOfIpv6} }`])).toBe(0);
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
    const { exit, stdout, stderr } = await run(project, [`firewall.policy: ${settings}`]);
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
    expect(await changesBy(project, [forward('host_port: 10022'), ...edge])).toBe(0);
  });

  test('outlives them', async () => {
    await edgeChanges(withoutEdge);
    expect(await edgeChanges(withoutEdge)).toBe(0);
    await reaches(10022, [key, key, key]);
    expect((await found()).host).toEqual(expect.arrayContaining([22, standInPort]));
    expect((await onSite(site, 'ip addr show eth0')).stdout).not.toContain(publicAddress);
  });

  test('moves to another port, and the old one closes', async () => {
    // The boot has swept away what others had not kept.
    await runs(site, foreign);
    others = await othersRules(site);
    expect(await forwards('host_port: 10099')).toBe(1);
    await reaches(10099, [key, key, key]);
    await reaches(10022, ['closed', 'closed', 'closed']);
    await othersStay();
  });

  test('lets in only whom it names, and the host itself', async () => {
    await forwards('host_port: 10099, source: [192.0.2.0/24]');
    await reaches(10099, ['closed', key, 'closed']);
    await othersStay();
  });

  test('leaves nothing behind when its guest is destroyed, and what others made as it was', async () => {
    await changesBy(project, [`${forwardOfIpv6}, state: absent }`]);
    await ipv6Reaches('closed');
    await reaches(10099, ['closed', key, 'closed']);
    const destroy = () => project.provision('destroy', 'everest', '-y', '-i', project.inventory);
    expect((await destroy()).exit).toBe(0);
    await reaches(10099, ['closed', 'closed', 'closed']);
    expect(await everythingOfOurs(site)).toBe('');
    await othersStay();
    expect((await destroy()).stdout).toBe(`everest: nothing of it is on ${site.host}\n`);
    expect(await forwards('host_port: 10099, state: absent')).toBe(0);
  });
});
