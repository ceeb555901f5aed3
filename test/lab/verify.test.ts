import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, Project } from '../support/cli.ts';
import { changesBy, edge, forward, guest, publicAddress, withoutEdge } from '../support/edge.ts';
import { freshSite } from '../support/sites.ts';
import { type LabSite, onSite, runs, standIn, startNetwork } from '../support/stand-in.ts';

describe('provision verify', { sequential: true }, () => {
  let project: Project;
  let site: LabSite;
  const verify = (...options: readonly string[]): Promise<Finished> =>
    project.provision('verify', 'everest', '-i', project.inventory, ...options);

  beforeAll(async () => {
    project = await Project.create();
    site = await freshSite('bookworm', project);
    await startNetwork(site);
    await writeFile(join(project.folder, 'known_hosts'), `everest ${await standIn(site)}\n`);
    await changesBy(project, [forward('host_port: 10022')]);
  });

  afterAll(() => project.remove());

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
    await changesBy(project, edge);
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
    await changesBy(project, withoutEdge);
    await project.edit([[['guests', 'hosts', 'everest', 'public_ip'], undefined]]);
  });

  test('tells of a forward of UDP what can be told: an answer, a refusal, silence', async () => {
    const dns = `port.forward: { guest: everest, host_port: 10053, protocol: udp, to: ${guest}, to_port: 53`;
    await changesBy(project, [`${dns} }`]);
    const serves = (name: string, script: string): Promise<void> =>
      runs(site, `systemd-run -q --unit=${name} -p Restart=always ip netns exec everest ${script}`);
    const told = async (from: readonly string[]) =>
      /^everest +forward +(.*)$/m.exec((await verify(...from)).stdout)?.[1];
    for (const from of [[], ['--from', 'hypervisor2']]) {
      await expect
        .poll(() => told(from), { timeout: 60_000 })
        .toMatch(/^failed +udp \S+:10053 is refused, by the guest or before it/);
    }
    await serves('silent', `nc -u -l -k 53`);
    for (const from of [[], ['--from', 'hypervisor2']]) {
      await expect.poll(() => told(from), { timeout: 60_000 }).toMatch(/^skipped +udp \S+:10053 is silent, seen from/);
    }
    await runs(site, 'systemctl stop silent');
    const echo = '$s = IO::Socket::INET->new(LocalPort => 53, Proto => "udp"); $s->send($m) while $s->recv($m, 9)';
    await onSite(site, 'cat >/root/echo.pl', `use IO::Socket::INET; ${echo}`);
    await serves('answers', 'perl /root/echo.pl');
    for (const from of [[], ['--from', 'hypervisor2']]) {
      await expect.poll(() => told(from), { timeout: 60_000 }).toMatch(/^ok +udp \S+:10053 answers, seen from/);
    }
    await runs(site, 'systemctl stop answers');
    await changesBy(project, [`${dns}, state: absent }`]);
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
