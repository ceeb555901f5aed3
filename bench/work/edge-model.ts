import { type RigHost, rigHosts } from '../rig/names.ts';

/** The host at the edge. */
export const edgeHost: RigHost = firstHost();
export const dhcpConfig = `${edgeHost.folder}/dhcpd.conf`;
export const checkCommand = 'dhcpd -4 -t -cf %s';

export interface EdgeGuest {
  readonly name: string;
  readonly ip: string;
  readonly mac: string;
}

export function edgeGuestsOf(count: number): readonly EdgeGuest[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = [1 + (index >> 8), index & 255];
    const mac = ['02', '33', '33', '33', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
    return { name: `guest${index}`, ip: `10.0.${bytes.join('.')}`, mac };
  });
}

function firstHost(): RigHost {
  const [host] = rigHosts(1);
  if (!host) throw new Error('the rig has no host');
  return host;
}
