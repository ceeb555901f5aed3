import { problem } from '../core/diagnostic.ts';
import type { Look } from '../core/plan.ts';
import type { HostPlace } from '../transport/host-key.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import { checkShownKey, judgeScannedKeys, opensPort } from '../transport/shown-key.ts';

/** A place outside of a hypervisor, from which its ports are tried. */
export interface Viewpoint {
  readonly name: string;
  /** Why the host there is not the one it should be; nothing where it is. */
  hostKey(place: HostPlace): Promise<string | undefined>;
  opens(host: string, port: number): Promise<boolean>;
}

const patience = 5;

export function fromHere(knownHosts: KnownHosts): Viewpoint {
  return {
    name: 'here',
    hostKey: (place) => checkShownKey(place, knownHosts, patience),
    opens: (host, port) => opensPort(host, port, patience),
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
    async opens(host, port) {
      const knock = ['nc', '-z', '-w', String(patience), host, String(port)];
      const { exit } = await look.query(knock, { exits: [0, 1, 127] });
      if (exit === 127) throw problem('PV5001', `${name} has no nc`, { help: 'apt.package: netcat-openbsd' });
      return exit === 0;
    },
  };
}
