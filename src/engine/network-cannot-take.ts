import type { Diagnostic } from '../core/diagnostic.ts';
import { elementsAt, parseXml } from '../modules/libvirt/xml.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import { type Compared, type Move, refusal, reservationsOf } from './move-comparison.ts';
import { bridgesOf, networksOf } from './moving-guest.ts';

/** Whether it is found there under its addresses. */
export function networkCannotTake(
  { name, to }: Move,
  { source, destination, domain }: Compared,
): readonly Diagnostic[] {
  const refuse = (message: string, help: string) => refusal('PV5319', `${to} ${message}`, help);
  const { networks, bridges, view } = destination;
  const taken = (forward: Forward) =>
    view.forwards.find(
      (other) => other.guest !== name && other.protocol === forward.protocol && other.host_port === forward.host_port,
    );
  const reserved = reservationsOf(source).flatMap(({ network = '', ip, mac = '' }) => {
    const xml = networks.get(network);
    const hosts = xml ? elementsAt(parseXml(xml, 'network'), 'ip/dhcp/host') : [];
    const other = hosts.find(
      ({ attributes }) => attributes.ip === ip && attributes.mac?.toLowerCase() !== mac.toLowerCase(),
    );
    return other
      ? [refuse(`keeps ${ip} for ${other.attributes.name ?? other.attributes.mac}`, 'give one of them another')]
      : [];
  });
  return [
    ...networksOf(domain).flatMap((network) => {
      const there = networks.get(network);
      if (!there) return [refuse(`has no active network ${network}`, 'a run of its playbook makes it')];
      const [here, other] = [subnetOf(source.networks.get(network) ?? ''), subnetOf(there)];
      const help = `${name} would lose its address: both must be the same network`;
      return here === other ? [] : [refuse(`has network ${network} at ${other || 'no address'}, not ${here}`, help)];
    }),
    ...bridgesOf(domain)
      .filter((bridge) => !bridges.includes(bridge))
      .map((bridge) => refuse(`has no bridge ${bridge}`, 'make it, on the same wire')),
    ...reserved,
    ...source.forwards.flatMap((forward) => {
      const other = taken(forward);
      const port = `${forward.protocol} port ${forward.host_port}`;
      if (other) return [refuse(`forwards ${port} to ${other.guest}`, `give one of them another port`)];
      const listens = forward.protocol === 'tcp' && view.listening.some(({ port }) => port === forward.host_port);
      return listens ? [refuse(`itself listens on ${port}`, `ss -ln sport = :${forward.host_port} shows who`)] : [];
    }),
  ];
}

/** `192.168.101.1/24`: the host's address in the network, which is the guests' gateway. */
function subnetOf(xml: string): string {
  if (xml === '') return '';
  const [ip] = elementsAt(parseXml(xml, 'network'), 'ip');
  const { address = '', netmask = '', prefix = '' } = ip?.attributes ?? {};
  return address === '' ? '' : `${address}/${prefix || netmask}`;
}
