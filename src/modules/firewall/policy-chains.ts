import type { IpVersion } from '../../core/ip-address.ts';
import type { Fragment, OwnChain } from '../firewall-fragment.ts';
import { canonicalAddress } from '../network-address.ts';
import { ruleWords } from '../rule-words.ts';
import type { SshConnection } from '../ssh-connection.ts';
import { type AcceptRule, versionsOf } from './accept-rule.ts';
import type { GuestBridge } from './guest-bridges.ts';

export interface PolicyFacts {
  readonly rules: readonly AcceptRule[];
  readonly bridges: readonly GuestBridge[];
  /** Logins that no rule lets in, and that must go on all the same. */
  readonly admitted: readonly SshConnection[];
}

export const policyChains = ['PROVISION-INPUT', 'PROVISION-FORWARD', 'PROVISION-FORWARD-END'] as const;

/**
 * What is accepted first, the default DROP last, as rules of our own: a chain's policy would outlive a flush by hand
 * and shut everybody out, and what it was before nobody could tell.
 */
export function policyFragment(version: IpVersion, facts: PolicyFacts): Fragment {
  const named = (chain: AcceptRule['chain']) =>
    facts.rules
      .filter((rule, index) => rule.chain === chain && versionsOf(rule, index).includes(version))
      .map((rule) => acceptWords(rule, version));
  const input: OwnChain = {
    table: 'filter',
    name: 'PROVISION-INPUT',
    hooks: [{ chain: 'INPUT', place: 'last' }],
    rules: [
      ...essentials(version),
      ...guestServices(version, facts.bridges),
      ...admittedWords(version, facts),
      ...named('INPUT'),
      drop,
    ],
  };
  const forward: OwnChain = {
    table: 'filter',
    name: 'PROVISION-FORWARD',
    hooks: [{ chain: 'FORWARD', place: 'first' }],
    rules: [established, ...named('FORWARD')],
  };
  const end: OwnChain = {
    table: 'filter',
    name: 'PROVISION-FORWARD-END',
    hooks: [{ chain: 'FORWARD', place: 'last' }],
    rules: [...facts.bridges.filter(({ routed }) => routed).map(({ name }) => outward(name)), drop],
  };
  return { version, chains: [input, forward, end] };
}

const established = ruleWords({ ctstate: ['RELATED', 'ESTABLISHED'], jump: 'ACCEPT' });
const drop = ruleWords({ jump: 'DROP' });

/** Errors and echo; for IPv6 also what finds neighbours and routers, without which no packet goes anywhere (RFC 4890). */
const icmpTypes: Readonly<Record<IpVersion, readonly number[]>> = {
  4: [3, 8, 11, 12],
  6: [1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 134, 135, 136, 143],
};

/** What a host cannot do without, whatever else is shut. */
function essentials(version: IpVersion): string[][] {
  const icmp = icmpTypes[version].map((type) =>
    version === 4
      ? ruleWords({ protocol: 'icmp', match: [`-m icmp --icmp-type ${type}`], jump: 'ACCEPT' })
      : ruleWords({ protocol: 'ipv6-icmp', match: [`-m icmp6 --icmpv6-type ${type}`], jump: 'ACCEPT' }),
  );
  const lease = {
    protocol: 'udp',
    destination_port: version === 4 ? 68 : 546,
    comment: 'the lease of the host itself',
  };
  return [
    established,
    ruleWords({ in_interface: 'lo', jump: 'ACCEPT' }),
    ...icmp,
    ruleWords({ ...lease, jump: 'ACCEPT' }),
  ];
}

/** DHCP and DNS on the networks of libvirt. */
function guestServices(version: IpVersion, bridges: readonly GuestBridge[]): string[][] {
  const dhcp = { protocol: 'udp', destination_port: version === 4 ? 67 : 547 };
  const dns = ['udp', 'tcp'].map((protocol) => ({ protocol, destination_port: 53 }));
  return bridges.flatMap(({ name }) =>
    [dhcp, ...dns].map((service) =>
      ruleWords({ in_interface: name, ...service, comment: 'guests of libvirt', jump: 'ACCEPT' }),
    ),
  );
}

/** libvirt's own rules come before and say the same, but not where it keeps them in a table of its own. */
function outward(bridge: string): string[] {
  return ruleWords({ in_interface: bridge, comment: 'guests of libvirt', jump: 'ACCEPT' });
}

function admittedWords(version: IpVersion, { admitted }: PolicyFacts): string[][] {
  const mine = admitted.filter(({ from }) => from.includes(':') === (version === 6));
  return mine.map(({ from, port }) =>
    acceptWords(
      { chain: 'INPUT', protocol: 'tcp', source: from, destination_port: port, comment: 'ssh of provision' },
      version,
    ),
  );
}

/** In the form in which the kernel lists it, so that a difference shows what differs. */
function acceptWords({ chain: _, source, destination, ...rule }: AcceptRule, version: IpVersion): string[] {
  const [from, to] = [source, destination].map((text) => text && canonicalAddress(text, version));
  return ruleWords({ ...(from && { source: from }), ...(to && { destination: to }), ...rule, jump: 'ACCEPT' });
}
