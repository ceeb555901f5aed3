import { execute } from '../../src/lab/execute.ts';
import { hostNames, labNames } from '../../src/lab/names.ts';
import { testLab } from './lab.ts';
import { type LabSite, onSite } from './stand-in.ts';

export const wire = { bridge: 'br9', subnet: '10.9.0.0/24', gateway: '10.9.0.1' };

/** What a host makes of the wire at each boot, as an administrator of hypervisors has it. */
const files = (address: string) => ({
  'br9.netdev': `[NetDev]\nName=${wire.bridge}\nKind=bridge`,
  'br9.network': `[Match]\nName=${wire.bridge}\n[Network]\nAddress=${address}/24\nConfigureWithoutCarrier=yes`,
  'wire9.network': `[Match]\nName=wire9\n[Network]\nBridge=${wire.bridge}`,
});

/** A bridge on each of the lab's two hosts, and the wire between them; the first is also the way out of it. */
export async function layWire(hosts: readonly LabSite[]): Promise<void> {
  const made = hosts.map(async (site, index) => {
    const texts = Object.entries(files(wire.gateway.replace(/\d+$/, String(index + 1))));
    const write = texts.map(([name, text]) => `cat >/etc/systemd/network/${name} <<'END'\n${text}\nEND\n`);
    const { exit, stderr } = await onSite(site, `${write.join('')}systemctl -q enable --now systemd-networkd`);
    if (exit !== 0) throw new Error(`no wire at ${site.host}: ${stderr}`);
  });
  await Promise.all(made);
  await plugIn(hosts);
}

/** The lab loses the cable with the first host that reboots. */
export async function plugIn(hosts: readonly LabSite[]): Promise<void> {
  const [one, two] = [1, 2].map((number) => hostNames(labNames(testLab.name), testLab.subnet, number).namespace);
  const link = `link add wire9 netns ${one} type veth peer name wire9 netns ${two}`;
  await execute(['ip', ...link.split(' ')]);
  const isUp = `tries=0
    until ip -o link show master ${wire.bridge} up | grep -q wire9; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.1; done`;
  const waits = hosts.map(async (site) => {
    const { exit } = await onSite(site, isUp);
    if (exit !== 0) throw new Error(`the wire of ${site.host} does not come up`);
  });
  await Promise.all(waits);
}
