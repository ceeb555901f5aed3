import { problem } from '../../core/diagnostic.ts';
import type { IpVersion } from '../../core/ip-address.ts';
import { canonicalAddress } from '../network-address.ts';
import { type AcceptRule, versionsOf } from './accept-rule.ts';

/**
 * What a chain accepts, in the words of firewalld; sorted, and each once. They may say more than the rule, for what our
 * own chain does not accept stays shut: interfaces, of which they know nothing, are left out.
 */
export function richRules(rules: readonly AcceptRule[], chain: AcceptRule['chain']): readonly string[] {
  const rich = rules.flatMap((rule, index) => (rule.chain === chain ? inItsWords(rule, index) : []));
  return [...new Set(rich)].toSorted();
}

const withPorts = ['tcp', 'udp', 'sctp', 'dccp'];
const everywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const;

function inItsWords(rule: AcceptRule, index: number): readonly string[] {
  const elements = elementsOf(rule);
  const ends = [rule.source, rule.destination];
  refuseBoundless(rule, elements.length === 0 && ends.every((end) => end === undefined), index);
  const versions = versionsOf(rule, index);
  // For both families, which only addresses could tell apart.
  const places = versions.length > 1 && elements.length > 0 ? [''] : versions.map((version) => placeOf(rule, version));
  return places.flatMap((place) =>
    elements.length === 0 ? [`rule${place} accept`] : elements.map((element) => `rule${place}${element} accept`),
  );
}

/** One for each port or range of ports. */
function elementsOf({ protocol = 'all', destination_port: ports }: AcceptRule): readonly string[] {
  const name = protocol.toLowerCase().replace('icmpv6', 'ipv6-icmp');
  if (name === 'all') return [];
  if (ports === undefined || !withPorts.includes(name)) return [` protocol value="${name}"`];
  return String(ports)
    .split(',')
    .map((port) => ` port port="${port.replace(':', '-')}" protocol="${name}"`);
}

function placeOf({ source, destination, protocol }: AcceptRule, version: IpVersion): string {
  const [from, to] = [source, destination].map((end) => end && canonicalAddress(end, version));
  const boundless = from === undefined && to === undefined && (protocol ?? 'all') === 'all';
  const origin = boundless ? everywhere[version] : from;
  return [
    ` family="ipv${version}"`,
    ...(origin === undefined ? [] : [` source address="${origin}"`]),
    ...(to === undefined ? [] : [` destination address="${to}"`]),
  ].join('');
}

/** Without the interface firewalld would accept everything, and would do so too while ours are not loaded. */
function refuseBoundless({ in_interface, out_interface }: AcceptRule, boundless: boolean, index: number): void {
  const named = in_interface ?? out_interface;
  if (named === undefined || !boundless) return;
  throw problem(
    'PV5206',
    `rule ${index + 1} names ${named} alone, and firewalld, which runs here, has no words for that`,
    {
      argument: ['rules', index],
      help: 'name the network behind the interface too, as `source` or `destination`',
    },
  );
}
