import { holdsAddress, type IpAddress, parseSubnet, type Subnet } from '../../core/ip-address.ts';
import type { Look } from '../../core/plan.ts';

/** An address of the host itself. */
export interface HostAddress {
  readonly interface: string;
  readonly address: string;
  readonly prefix: number;
}

export async function readHostAddresses(look: Look): Promise<readonly HostAddress[]> {
  const { stdout } = await look.query(['ip', '-o', 'addr', 'show']);
  return [...stdout.matchAll(/^\d+: (\S+) +inet6? ([0-9a-f.:]+)\/(\d+) /gm)].map(
    ([, name = '', address = '', prefix]) => ({ interface: name, address, prefix: Number(prefix) }),
  );
}

/** The network of the host's own that an address belongs to, if any: then its neighbours talk to it without us. */
export function networkOf(address: IpAddress, addresses: readonly HostAddress[]): Subnet | undefined {
  const subnets = addresses.flatMap((own) => parseSubnet(`${own.address}/${own.prefix}`) ?? []);
  return subnets.find((subnet) => subnet.first < subnet.last && holdsAddress(subnet, address));
}
