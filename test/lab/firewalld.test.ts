import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from '../support/cli.ts';
import { changesBy, edge, forward, guest, publicAddress, run, withoutEdge } from '../support/edge.ts';
import { Outside } from '../support/outside.ts';
import { freshSite, leave, reboot, subnetOf } from '../support/sites.ts';
import {
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

let project: Project;

beforeAll(async () => {
  project = await Project.create();
});

afterAll(() => project.remove());

describe.each([
  ['bookworm', 'true'],
  ['trixie', libvirtWithNftables],
] as const)('beside firewalld on %s', { sequential: true }, (suite, prepare) => {
  let site: LabSite;
  let key: string;
  let client: Outside;
  const edged = [...edge, forward('host_port: 10022')];

  /** SSH of the host is for those who loaded the policy; the way to the guest itself is known to the client. */
  const found = () =>
    together<unknown>({
      forward: shownKeys(site, 10022),
      guest: client.openPorts(guest, [1, 3000]),
      host: client.openPorts(site.address, [1, 3000]),
      public: client.openPorts(publicAddress, [1, 3000]),
    });
  const finds = (): Promise<void> =>
    expect
      .poll(found, { timeout: 60_000 })
      .toEqual({ forward: [key, key, key], guest: [22], host: [standInPort], public: [22] });

  beforeAll(async () => {
    site = await freshSite(suite, project);
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
    client = await Outside.besideHosts(site.lab, subnetOf(site));
    for (const address of [publicAddress, guest]) await client.knowsTheWay(address, site.address);
  });

  afterAll(async () => {
    await client.remove();
    await leave(site);
  });

  test('policy, one-to-one address and forward let in what they name, and nothing else', async () => {
    expect(await found()).toEqual({ forward: ['closed', 'closed', 'closed'], guest: [], host: [22], public: [] });
    expect(await changesBy(project, edged)).toBe(edged.length);
    await finds();
    expect(await changesBy(project, edged)).toBe(0);
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
    expect(await changesBy(project, edged)).toBe(0);
  });

  test('a rule that firewalld has no words for is refused before anything changes', async () => {
    const { stdout, stderr } = await run(project, ['firewall.policy: { rules: [{ in_interface: virbr7 }] }']);
    expect(stdout + stderr).toMatch(/PV5206.* names virbr7 alone/);
    await finds();
  });

  test('what is taken away leaves firewalld as it was', async () => {
    await changesBy(project, withoutEdge);
    await expect.poll(async () => (await found()).host, { timeout: 60_000 }).toEqual([22]);
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
    const { stdout, stderr } = await run(project, ['firewall.policy: { rules: [] }']);
    expect(stdout + stderr).toMatch(/PV5203.* of firewalld(.*\n)+.*FirewallBackend=nftables/);
  });
});
