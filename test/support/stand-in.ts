import { expect } from 'vitest';
import { attempt, type Execution } from '../../src/lab/execute.ts';
import { insideHost } from '../../src/lab/shell.ts';

/** A host of some lab of the tests. */
export interface LabSite {
  readonly lab: string;
  readonly host: string;
  readonly address: string;
}

export async function onSite({ lab, host }: LabSite, script: string, stdin = ''): Promise<Execution> {
  return attempt(await insideHost(lab, host, ['sh', '-ec', script]), { stdin });
}

/** A script that must go well. */
export async function runs(site: LabSite, script: string): Promise<void> {
  expect(await onSite(site, script)).toMatchObject({ exit: 0 });
}

/** As libvirt keeps its rules from Debian 13 on; the kernel of a lab may lack what it asks of `tc` for DHCP. */
export const libvirtWithNftables = `
    printf '%s\\n' '#!/bin/sh' '/usr/sbin/tc "$@" && exit' 'case $* in *csum*) exit 0 ;; esac; exit 1' >/usr/local/sbin/tc
    chmod 755 /usr/local/sbin/tc; echo 'firewall_backend = "nftables"' >>/etc/libvirt/network.conf
    systemctl restart libvirtd`;

// Without the spanning tree: with it a cable that was put back carries nothing for four seconds.
const network = `<network><name>nat</name><forward mode='nat'><nat ipv6='yes'/></forward><bridge name='virbr7' stp='off'/>
<ip address='192.168.101.1' netmask='255.255.255.0'/>
<ip family='ipv6' address='fd00:101::1' prefix='64'/></network>`;

/** The network of the guests, which also starts at boot. */
export async function startNetwork(site: LabSite): Promise<void> {
  const script = 'cat >/root/nat.xml; virsh net-define /root/nat.xml; virsh net-start nat; virsh net-autostart nat';
  const { exit, stderr } = await onSite(site, script, network);
  if (exit !== 0) throw new Error(`no network on ${site.host}: ${stderr}`);
}

export const standInPort = 2280;

/** Where others reach the host by IPv6, and where the host reaches everest by it. */
export const ipv6 = { host: 'fd98::1', guest: 'fd00:101::100' };

/**
 * Namespaces on the bridge of the network: `everest` with an SSH server of its own, which is all that a forward asks of
 * a guest, and its neighbour `lhotse`. Also puts their cables back after the bridge was made anew. Both everest and its
 * host listen on a port besides, for rules to open or close.
 */
const cables = `
ip addr replace ${ipv6.host}/64 dev eth0 nodad
for guest in "everest 100 02:33:33:33:33:33" "lhotse 101 02:33:33:33:33:34"; do
  set -- $guest
  if ! ip netns list | grep -q "^$1"; then
    ip netns add $1
    ip link add c-$1 type veth peer name eth0 address $3 netns $1
    ip -n $1 addr add 192.168.101.$2/24 dev eth0
    ip -n $1 addr add fd00:101::$2/64 dev eth0 nodad
    ip -n $1 link set lo up; ip -n $1 link set eth0 up
    ip -n $1 route add default via 192.168.101.1
    ip -n $1 route add default via fd00:101::1
  fi
  ip link set c-$1 master virbr7 up
done
[ -e /root/everest ] || ssh-keygen -q -t ed25519 -N '' -f /root/everest
mkdir -p /run/sshd
[ -n "$(ip netns pids everest)" ] || ip netns exec everest /usr/sbin/sshd -h /root/everest -o PidFile=none
listens() { systemctl -q is-active "$1" || systemd-run -q --unit="$@" nc -lk ${standInPort}; }
listens host-port; listens everest-port ip netns exec everest
cut -d' ' -f1,2 /root/everest.pub`;

/** Its public host key. */
export async function standIn(site: LabSite): Promise<string> {
  const { exit, stdout, stderr } = await onSite(site, cables);
  if (exit !== 0) throw new Error(`no stand-in for a guest on ${site.host}: ${stderr}`);
  return stdout.trim();
}

/** The host keys that a port of the host shows: to us, to the host itself, and to the neighbour of the guest. */
export async function shownKeys(site: LabSite, port: number): Promise<readonly string[]> {
  const scan = `ssh-keyscan -T 3 -t ed25519 -p ${port} ${site.address} 2>/dev/null || true`;
  const [outside, inside, neighbour] = await Promise.all([
    attempt(['sh', '-c', scan]),
    onSite(site, scan),
    onSite(site, `ip netns exec lhotse sh -c '${scan}'`),
  ]);
  return [outside, inside, neighbour].map(({ stdout }) => {
    const line = stdout.split('\n').find((text) => text !== '' && !text.startsWith('#'));
    return line?.split(' ').slice(1).join(' ') ?? 'closed';
  });
}
