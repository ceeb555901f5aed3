import { execute } from '../../src/lab/execute.ts';
import { hostNames, labNames } from '../../src/lab/names.ts';
import { testLab } from './lab.ts';
import { type LabSite, onSite } from './stand-in.ts';

/** A network across both hosts of the lab, by a bridge on each. */
interface Wire {
  readonly bridge: string;
  readonly subnet: string;
  readonly gateway: string;
}

export const wire: Wire = { bridge: 'br9', subnet: '10.9.0.0/24', gateway: '10.9.0.1' };

// One for each lab: the machine itself knows the way there.
const publicNetwork = `198.18.${testLab.subnet.split('.')[1]}`;
/** Its addresses are known to the world as they are. */
export const publicWire: Wire = { bridge: 'br8', subnet: `${publicNetwork}.0/24`, gateway: `${publicNetwork}.1` };

const wires = [wire, publicWire];

function cableOf({ bridge }: Wire): string {
  return `to-${bridge}`;
}

/** What a host makes of a wire at each boot, as an administrator of hypervisors has it. */
function filesOf(laid: Wire, number: number): Readonly<Record<string, string>> {
  const { bridge, gateway } = laid;
  const address = gateway.replace(/\d+$/, String(number));
  return {
    [`${bridge}.netdev`]: `[NetDev]\nName=${bridge}\nKind=bridge`,
    [`${bridge}.network`]: `[Match]\nName=${bridge}\n[Network]\nAddress=${address}/24\nConfigureWithoutCarrier=yes`,
    [`${cableOf(laid)}.network`]: `[Match]\nName=${cableOf(laid)}\n[Network]\nBridge=${bridge}`,
  };
}

/** Bridges on each of the lab's two hosts, and the wires between them; the first host is also the way out of them. */
export async function layWires(hosts: readonly LabSite[]): Promise<void> {
  const made = hosts.map(async (site, index) => {
    const texts = wires.flatMap((laid) => Object.entries(filesOf(laid, index + 1)));
    const write = texts.map(([name, text]) => `cat >/etc/systemd/network/${name} <<'END'\n${text}\nEND\n`);
    const { exit, stderr } = await onSite(site, `${write.join('')}systemctl -q enable --now systemd-networkd`);
    if (exit !== 0) throw new Error(`no wires at ${site.host}: ${stderr}`);
  });
  await Promise.all(made);
  await plugIn(hosts);
}

/** The lab loses the cables with the first host that reboots. */
export async function plugIn(hosts: readonly LabSite[]): Promise<void> {
  const [one, two] = [1, 2].map((number) => hostNames(labNames(testLab.name), testLab.subnet, number).namespace);
  for (const cable of wires.map(cableOf)) {
    const link = `link add ${cable} netns ${one} type veth peer name ${cable} netns ${two}`;
    await execute(['ip', ...link.split(' ')]);
  }
  const plugged = wires.map((laid) => `ip -o link show master ${laid.bridge} up | grep -q ${cableOf(laid)}`);
  const areUp = `tries=0
    until ${plugged.join(' && ')}; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.1; done`;
  const waits = hosts.map(async (site) => {
    const { exit } = await onSite(site, areUp);
    if (exit !== 0) throw new Error(`the wires of ${site.host} do not come up`);
  });
  await Promise.all(waits);
}
