import type { Problems } from '../core/diagnostic.ts';
import { holdsAddress, parseAddress } from '../core/ip-address.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Host } from './inventory.ts';
import { type Network, subnetFor } from './network.ts';
import type { Networks } from './networks.ts';
import { findVariable, isTemplate, rawValue } from './variables.ts';

/** The network of `networks` that holds an address. */
export function networkAround(ip: unknown, networks: Networks): Network | undefined {
  const address = typeof ip === 'string' ? parseAddress(ip) : undefined;
  if (!address) return undefined;
  return [...networks.values()].find((network) => {
    const subnet = subnetFor(network, address.version);
    return subnet !== undefined && holdsAddress(subnet, address);
  });
}

interface Asking {
  /** Of the guest, as it is written. */
  readonly ip: unknown;
  readonly problems: Problems;
}

/** The network a guest is in; `undefined` where it is reported, or where only a run can tell. */
export function networkOfGuest(host: Host, networks: Networks, asking: Asking): Network | undefined {
  const name = rawValue(host.layers, 'network');
  if (name === undefined) return impliedNetwork(host, networks, asking);
  const network = networks.get(String(name));
  if (!network && !isTemplate(name)) reportUnknown(host, networks, asking.problems);
  return network;
}

/** The only one, or the one that the guest's address is in. */
function impliedNetwork(host: Host, networks: Networks, { ip, problems }: Asking): Network | undefined {
  const [only, ...others] = networks.values();
  const network = others.length === 0 ? only : networkAround(ip, networks);
  if (network || isTemplate(ip)) return network;
  const reason = ip === undefined ? '' : ', and its `ip` is in none of them';
  problems.add('PV2016', `the guest ${host.name} names none of the networks${reason}`, {
    at: host.at,
    help: `name one: network: ${listOf(networks)}`,
  });
  return undefined;
}

function reportUnknown(host: Host, networks: Networks, problems: Problems): void {
  const named = findVariable(host.layers, 'network');
  const name = String(named?.value);
  const label = didYouMean(name, networks.keys());
  problems.add('PV2016', `there is no network \`${name}\``, {
    at: named?.at ?? host.at,
    ...(label && { label }),
    help: `name one of \`networks\`: ${listOf(networks)}`,
  });
}

function listOf(networks: Networks): string {
  return [...networks.keys()].join(', ').replace(/, ([^,]*)$/, ' or $1');
}
