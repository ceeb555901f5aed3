import { addressText, bitsOf, type IpVersion, subnetText } from '../../core/ip-address.ts';
import type { Fragment, OwnChain } from '../firewall-fragment.ts';
import { type RuleParts, ruleWords } from '../rule-words.ts';
import { type HostAddress, networkOf } from './host-addresses.ts';
import type { Pair } from './pair.ts';

export interface PairFacts {
  readonly pairs: readonly Pair[];
  /** The way out: where public addresses are put, and by which guests leave under them. */
  readonly interface?: string;
  readonly addresses: readonly HostAddress[];
}

export const pairChains = ['PROVISION-ONE-DNAT', 'PROVISION-ONE-SNAT', 'PROVISION-ONE-FORWARD'] as const;

/** Destination in, source out, and a way for guests to reach each other by their public addresses. */
export function pairFragment(version: IpVersion, facts: PairFacts): Fragment {
  const pairs = facts.pairs.filter((pair) => pair.public.version === version);
  const out = facts.interface === undefined ? {} : { out_interface: facts.interface };
  const chains: readonly OwnChain[] = [
    {
      table: 'filter',
      name: 'PROVISION-ONE-FORWARD',
      hooks: [{ chain: 'FORWARD', place: 'first' }],
      rules: pairs
        .filter(({ accept }) => accept === 'all')
        .flatMap((pair) => [
          words(pair, { destination: inside(pair), ctstate: ['DNAT'], jump: 'ACCEPT' }),
          words(pair, { source: inside(pair), ...out, jump: 'ACCEPT' }),
        ]),
    },
    {
      table: 'nat',
      name: 'PROVISION-ONE-DNAT',
      hooks: [
        { chain: 'PREROUTING', place: 'first' },
        { chain: 'OUTPUT', place: 'first' },
      ],
      rules: pairs.map((pair) =>
        words(pair, { destination: outside(pair), jump: 'DNAT', to_destination: addressText(pair.private) }),
      ),
    },
    {
      table: 'nat',
      name: 'PROVISION-ONE-SNAT',
      hooks: [{ chain: 'POSTROUTING', place: 'first' }],
      rules: [
        ...pairs.flatMap((pair) => hairpin(pair, facts.addresses)),
        ...pairs.map((pair) =>
          words(pair, { source: inside(pair), ...out, jump: 'SNAT', to_source: addressText(pair.public) }),
        ),
      ],
    },
  ];
  return { version, chains, addresses: pairs.flatMap((pair) => ownAddress(pair, facts) ?? []) };
}

/** From its own network the answer would go straight to the neighbour, who has asked the public address. */
function hairpin(pair: Pair, addresses: readonly HostAddress[]): string[][] {
  const network = networkOf(pair.private, addresses);
  if (!network) return [];
  return [
    words(pair, { source: subnetText(network), destination: inside(pair), ctstate: ['DNAT'], jump: 'MASQUERADE' }),
  ];
}

/** `203.0.113.10/32 eth0`; nothing where it is the host's already, with a network of its own around it. */
function ownAddress(pair: Pair, { addresses, interface: name }: PairFacts): string | undefined {
  if (name === undefined) return undefined;
  const text = addressText(pair.public);
  const bits = bitsOf(pair.public.version);
  if (addresses.some(({ address, prefix }) => address === text && prefix !== bits)) return undefined;
  return `${text}/${bits} ${name}`;
}

function words({ guest }: Pair, parts: RuleParts): string[] {
  return ruleWords({ ...parts, ...(guest !== undefined && { comment: guest }) });
}

function inside(pair: Pair): string {
  return `${addressText(pair.private)}/${bitsOf(pair.private.version)}`;
}

function outside(pair: Pair): string {
  return `${addressText(pair.public)}/${bitsOf(pair.public.version)}`;
}
