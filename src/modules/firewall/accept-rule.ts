import { problem } from '../../core/diagnostic.ts';
import { holdsAddress, type IpVersion, parseAddress, parseSubnet } from '../../core/ip-address.ts';
import type { SshConnection } from '../ssh-connection.ts';

/** What the policy lets through, in the words of the playbook. */
export interface AcceptRule {
  readonly chain: 'INPUT' | 'FORWARD';
  readonly protocol?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly in_interface?: string;
  readonly out_interface?: string;
  readonly destination_port?: string | number;
  readonly comment?: string;
}

const oneFamily: Readonly<Record<string, IpVersion>> = { icmp: 4, 'ipv6-icmp': 6, icmpv6: 6 };
/** Of the `multiport` match. */
const portsAtMost = 15;
const withPorts = ['tcp', 'udp', 'sctp', 'dccp', 'udplite'];

/** The families of addresses that a rule is for: both, unless its words belong to one. */
export function versionsOf(rule: AcceptRule, index: number): readonly IpVersion[] {
  const named = [rule.source, rule.destination].flatMap((text) =>
    text === undefined ? [] : [addressVersion(text, index)],
  );
  const versions = new Set([
    ...named,
    ...(rule.protocol === undefined ? [] : [oneFamily[rule.protocol.toLowerCase()]]),
  ]);
  versions.delete(undefined);
  if (versions.size > 1) throw refusal(index, 'names addresses or a protocol of both IPv4 and IPv6');
  return versions.size === 0 ? [4, 6] : ([...versions] as IpVersion[]);
}

function addressVersion(text: string, index: number): IpVersion {
  const version = (parseAddress(text) ?? parseSubnet(text))?.version;
  if (version === undefined) throw refusal(index, `names \`${text}\`, which is neither an address nor a network`);
  return version;
}

/** What no firewall could do, or would do otherwise than meant. */
export function refuseImpossible(rule: AcceptRule, index: number): void {
  const protocol = rule.protocol?.toLowerCase() ?? '';
  if (rule.destination_port !== undefined && !withPorts.includes(protocol)) {
    throw refusal(index, 'names a port, which needs `protocol: tcp` or `protocol: udp`');
  }
  if (String(rule.destination_port ?? '').split(/[,:]/).length > portsAtMost) {
    throw refusal(index, `names more than ${portsAtMost} ports, where a range counts as two: make two rules of it`);
  }
  if (rule.chain === 'INPUT' && rule.out_interface !== undefined) {
    throw refusal(index, 'names an interface by which a packet for the host itself would leave: `chain: FORWARD`?');
  }
}

function refusal(index: number, what: string): Error {
  return problem('PV5204', `rule ${index + 1} ${what}`, { argument: ['rules', index] });
}

/** Whether a login like this one is let in by the rule; where that cannot be told, it is not. */
export function admits(rule: AcceptRule, { from, to, port }: SshConnection): boolean {
  return (
    rule.chain === 'INPUT' &&
    ['tcp', 'all', undefined].includes(rule.protocol?.toLowerCase()) &&
    rule.in_interface === undefined &&
    holds(rule.source, from) &&
    holds(rule.destination, to) &&
    holdsPort(rule.destination_port, port)
  );
}

function holds(range: string | undefined, address: string): boolean {
  if (range === undefined) return true;
  const [subnet, wanted] = [
    parseSubnet(range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`),
    parseAddress(address),
  ];
  return subnet !== undefined && wanted !== undefined && holdsAddress(subnet, wanted);
}

function holdsPort(ports: string | number | undefined, port: number): boolean {
  if (ports === undefined) return true;
  return String(ports)
    .split(',')
    .some((part) => {
      const [first = '', last = first] = part.split(':');
      return Number(first) <= port && port <= Number(last);
    });
}
