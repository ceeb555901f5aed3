import { problem } from '../core/diagnostic.ts';
import type { Look } from '../core/plan.ts';
import type { HostPlace } from '../transport/host-key.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import { checkShownKey, judgeScannedKeys, opensPort } from '../transport/shown-key.ts';
import { knockUdp, type UdpAnswer } from '../transport/udp-answer.ts';

/** A place outside of a hypervisor, from which its ports are tried. */
export interface Viewpoint {
  readonly name: string;
  /** Why the host there is not the one it should be; nothing where it is. */
  hostKey(place: HostPlace): Promise<string | undefined>;
  /** Those of the ports that open; all are tried at the same time. */
  open(host: string, ports: readonly number[]): Promise<readonly number[]>;
  udp(host: string, port: number): Promise<UdpAnswer>;
}

const patience = 5;

const knocks = `command -v nc >/dev/null || exit 127
host=$1; shift
for port; do { nc -z -w ${patience} "$host" "$port" >/dev/null 2>&1 && echo "$port"; } & done; wait`;

/** Twice, for a datagram may be lost; it ends as `timeout` does where nothing comes back. */
const udpKnock = `exec 3<>"/dev/udp/$1/$2" || exit 1
for try in 1 2; do
  printf '\\n' >&3 && timeout ${patience / 2} head -c 1 <&3 >/dev/null && exit 0
  [ $? = 124 ] || exit 1
done; exit 124`;

export function fromHere(knownHosts: KnownHosts): Viewpoint {
  return {
    name: 'here',
    hostKey: (place) => checkShownKey(place, knownHosts, patience),
    async open(host, ports) {
      const opened = await Promise.all(ports.map((port) => opensPort(host, port, patience)));
      return ports.filter((_, index) => opened[index]);
    },
    udp: (host, port) => knockUdp(host, port, patience),
  };
}

/** With what every Debian with OpenSSH has. */
export function fromHost(name: string, look: Look, knownHosts: KnownHosts): Viewpoint {
  return {
    name,
    async hostKey(place) {
      const scan = ['ssh-keyscan', '-T', String(patience), '-p', String(place.port), place.host];
      return judgeScannedKeys(place, knownHosts, (await look.query(scan, { exits: [0, 1] })).stdout);
    },
    async open(host, ports) {
      const knock = ['sh', '-c', knocks, 'sh', host, ...ports.map(String)];
      const { exit, stdout } = await look.query(knock, { exits: [0, 127] });
      if (exit === 127) throw problem('PV5001', `${name} has no nc`, { help: 'apt.package: netcat-openbsd' });
      const opened = stdout.split('\n').map(Number);
      return ports.filter((port) => opened.includes(port));
    },
    async udp(host, port) {
      const knock = ['bash', '-c', udpKnock, 'bash', host, String(port)];
      const { exit } = await look.query(knock, { exits: [0, 1, 124] });
      return exit === 0 ? 'answered' : exit === 1 ? 'refused' : 'silent';
    },
  };
}
