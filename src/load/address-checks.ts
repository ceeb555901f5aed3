import type { Problems } from '../core/diagnostic.ts';
import { addressText, type IpAddress, parseAddress } from '../core/ip-address.ts';
import type { Span } from '../core/source.ts';
import type { PlannedGuest } from './address-plan.ts';
import type { Claim, Claims } from './claims.ts';
import { networkAround } from './guest-network.ts';
import type { Host } from './inventory.ts';
import { isShared, type Network } from './network.ts';
import { objectionTo } from './network-checks.ts';
import type { Networks } from './networks.ts';
import { findVariable, isTemplate } from './variables.ts';

/** A claim before it is known among whom. */
export type Item = Omit<Claim, 'among' | 'scope'>;

const dropRecord = 'remove this line: the next run allots another address';

/** The guest's own address, which fits its network. */
export function checkAddress(host: Host, planned: PlannedGuest | undefined, problems: Problems): Item | undefined {
  const written = readAddress(host, 'ip', problems);
  if (!written) return undefined;
  const { network, origin } = planned ?? {};
  const help = origin === 'recorded' ? { help: dropRecord } : {};
  if (network) checkFit({ ...written, what: 'address', network, ...help }, problems);
  return { what: 'address', value: addressText(written.address), host: host.name, at: written.at, ...help };
}

interface Surroundings {
  readonly networks: Networks;
  readonly claims: Claims;
  readonly problems: Problems;
}

/** The address that the world knows a guest by, where it has another one of its own. */
export function checkPublicAddress(host: Host, { networks, claims, problems }: Surroundings): void {
  const written = readAddress(host, 'public_ip', problems);
  if (!written) return;
  const value = addressText(written.address);
  const network = networkAround(value, networks);
  if (network) checkFit({ ...written, what: 'public address', network, help: 'choose another address' }, problems);
  const item = { what: 'public address', value, host: host.name, at: written.at };
  if (claims.add({ ...item, among: '' })) claimInNetwork(item, network, claims);
}

/** A hypervisor or a server may stand in the midst of its guests' network. */
export function claimHostAddresses(host: Host, networks: Networks, claims: Claims): void {
  const found = findVariable(host.layers, 'ip');
  const values = new Set([host.ssh.host, found?.value]);
  for (const value of values) {
    const network = networkAround(value, networks);
    const address = network && parseAddress(String(value));
    if (!address) continue;
    const at = value === found?.value ? (found?.at ?? host.at) : host.at;
    claimInNetwork({ what: 'address', value: addressText(address), host: host.name, at }, network, claims);
  }
}

/** In a network that hypervisors share, all of them count. */
export function claimInNetwork(item: Item, network: Network | undefined, claims: Claims): void {
  if (network && isShared(network)) claims.add({ ...item, among: ` in the network ${network.name}`, scope: network });
}

interface Fit {
  readonly host: Host;
  readonly address: IpAddress;
  readonly at: Span;
  readonly what: string;
  readonly network: Network;
  readonly help?: string;
}

function checkFit({ host, address, at, what, network, help }: Fit, problems: Problems): void {
  const objection = objectionTo(address, network);
  if (!objection) return;
  const message = `the ${what} ${addressText(address)} of ${host.name} is ${objection.what} the network \`${network.name}\``;
  problems.add('PV2020', message, {
    at,
    related: [{ at: network.locate(...objection.path), message: `\`${network.name}\`: ${objection.path[0]}` }],
    help: help ?? 'choose another address, or leave `ip` out where the network has a range to allot from',
  });
}

/** Reported where it is none; an expression is left for the run. */
function readAddress(
  host: Host,
  name: 'ip' | 'public_ip',
  problems: Problems,
): { readonly host: Host; readonly address: IpAddress; readonly at: Span } | undefined {
  const found = findVariable(host.layers, name);
  if (!found || isTemplate(found.value)) return undefined;
  const at = found.at ?? host.at;
  const value = String(found.value);
  const address = parseAddress(value);
  if (address) return { host, address, at };
  const help = value.includes('/') ? 'leave out what follows the slash' : 'four numbers from 0 to 255 with dots';
  problems.add('PV2012', `\`${value}\` is not an IP address`, { at, help });
  return undefined;
}
