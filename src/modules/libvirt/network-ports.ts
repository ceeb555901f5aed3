import type { Look, Step } from '../../core/plan.ts';
import { elementAt, elementsAt, formatXml, parseXml, textAt, type Xml } from './xml.ts';

/** An interface of a running guest on a network. */
export interface NetworkPort {
  readonly guest: string;
  /** Its end on the host: `vnet3`. */
  readonly tap: string;
  /** The bridge that libvirt put it on. */
  readonly bridge: string;
  /** On no bridge: the network was stopped under its guest. */
  readonly loose: boolean;
  /** Kept apart from the other ports of its bridge. */
  readonly isolated: boolean;
  /** Only libvirt itself can put it where it was, by starting its guest: it has a VLAN, a switch or a card of its own. */
  readonly fixed: boolean;
  /** As libvirt shows it. */
  readonly xml: string;
}

/** Names of taps that are on no bridge; by the shell alone, without a process for each. */
const looseTaps = `for flags in /sys/class/net/*/tun_flags; do
  tap=\${flags%/tun_flags}
  [ ! -e "$flags" ] || [ -e "$tap/master" ] || echo "\${tap##*/}"
done`;

export async function readLooseTaps(look: Look): Promise<readonly string[]> {
  const { stdout } = await look.query(['sh', '-c', looseTaps]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Definitions of all domains that run. */
const runningDomains = `virsh -c qemu:///system list --name | while IFS= read -r domain; do
  [ -z "$domain" ] || virsh -c qemu:///system dumpxml "$domain"
done`;

export async function readPorts(
  look: Look,
  network: string,
  loose: readonly string[],
): Promise<readonly NetworkPort[]> {
  const { stdout } = await look.query(['sh', '-c', runningDomains]);
  const domains = stdout.split(/(?<=<\/domain>)/).filter((text) => text.trim() !== '');
  return domains.flatMap((text) => {
    const domain = parseXml(text, 'domain');
    const guest = textAt(domain, 'name') ?? '';
    return elementsAt(domain, 'devices/interface')
      .filter((device) => textAt(device, 'source/@network') === network)
      .map((device) => portOf(guest, device, loose));
  });
}

function portOf(guest: string, device: Xml, loose: readonly string[]): NetworkPort {
  const tap = textAt(device, 'target/@dev') ?? '';
  const bridge = textAt(device, 'source/@bridge') ?? '';
  return {
    ...{ guest, tap, bridge },
    loose: loose.includes(tap),
    isolated: textAt(device, 'port/@isolated') === 'yes',
    fixed: bridge === '' || ['vlan', 'virtualport'].some((name) => elementAt(device, name)),
    xml: formatXml(device),
  };
}

/** $1 network, $2 guest, $3 tap, $4 its bridge until now, $5 on: isolated, $6 its XML. */
export const attach = `attach() {
  bridge=$(virsh -c qemu:///system net-info "$1" | sed -n 's/^Bridge: *//p')
  [ "$4" = "$bridge" ] || printf %s "$6" | virsh -c qemu:///system update-device "$2" /dev/stdin --live || return
  ip link set dev "$3" master "$bridge" || return
  [ "$5" = off ] || ip link set dev "$3" type bridge_slave isolated on
}
`;

/** The last five arguments of `attach`. */
export function attachWords({ guest, tap, bridge, isolated, xml }: NetworkPort): readonly string[] {
  return [guest, tap, bridge, isolated ? 'on' : 'off', xml];
}

/** Puts interfaces of running guests back where they belong: a network that was stopped and started forgets them. */
export function attachSteps(network: string, ports: readonly NetworkPort[]): readonly Step[] {
  return ports
    .filter(({ loose, fixed }) => loose && !fixed)
    .map((port) => ({
      title: `attach ${port.tap} of ${port.guest} to network ${network} again`,
      effect: { kind: 'run', argv: ['sh', '-c', `${attach}attach "$@"`, 'sh', network, ...attachWords(port)] },
    }));
}
