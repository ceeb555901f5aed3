import { args, oneOf, Type } from '../../schema/schema.ts';
import { type FirewallState, readFirewall } from '../firewall-state.ts';
import { revertAfter, ruleSteps } from '../firewall-steps.ts';
import { defineModule } from '../module.ts';
import { addSteps, keptAddresses, removeSteps } from './address-steps.ts';
import { type Holder, holdSteps, readHolder, releaseSteps } from './hold-addresses.ts';
import { type HostAddress, readHostAddresses } from './host-addresses.ts';
import { checkedPairs } from './pair.ts';
import { pairChains, pairFragment } from './pair-chains.ts';

const address = (description: string) => Type.String({ pattern: '^[0-9A-Fa-f.:]+$', description });

const pair = args({
  public: address('address by which the world knows the guest; IPv4 or IPv6'),
  private: address('address that the guest has, of the same family'),
  guest: Type.Optional(
    Type.String({ pattern: '^[^\\r\\n]{1,255}$', description: 'its name, for whoever lists the rules' }),
  ),
  accept: oneOf(['all', 'policy'], {
    default: 'all',
    description: 'all: whatever is sent to the public address is passed on; policy: what firewall.policy accepts',
  }),
});

interface PairState extends FirewallState {
  readonly addresses: readonly HostAddress[];
  readonly holder: Holder;
}

export const natOneToOne = defineModule({
  name: 'nat.one_to_one',
  description: 'Public addresses that stand for guests with private ones, in both directions.',
  args: args({
    pairs: Type.Array(pair, { description: 'all pairs of this host; a pair that is not here any more is taken away' }),
    interface: Type.Optional(
      Type.String({
        pattern: '^[^\\s!]{1,15}$',
        description:
          'interface that faces the world: the public addresses are put on it, and guests leave by it under theirs. ' +
          'Left out: the addresses are routed to the host by others',
      }),
    ),
    revert_after: revertAfter,
  }),
  examples: [
    'interface: eth0\npairs:\n  - { public: 203.0.113.10, private: 192.168.101.100, guest: everest }',
    'pairs: []',
  ],

  lasting: 'another list of pairs takes its place',
  async read(_args, look): Promise<PairState> {
    const [firewall, addresses, holder] = await Promise.all([
      readFirewall({ name: 'one-to-one', chains: pairChains }, look),
      readHostAddresses(look),
      readHolder(look),
    ]);
    return { ...firewall, addresses, holder };
  },

  plan({ pairs, interface: name, revert_after }, current) {
    if (!current) return [];
    const checked = checkedPairs(pairs, current.connections);
    const facts = { pairs: checked, addresses: current.addresses, ...(name !== undefined && { interface: name }) };
    const fragments = ([4, 6] as const).map((version) => pairFragment(version, facts));
    const kept = ([4, 6] as const).flatMap((version) => keptAddresses(current.files[version]));
    const wanted = { name: 'one-to-one', what: 'one-to-one NAT', fragments, revertAfter: revert_after };
    const addresses = fragments.flatMap((fragment) => fragment.addresses ?? []);
    return [
      ...(addresses.length > 0 ? addSteps(addresses, current.addresses) : releaseSteps(current.holder)),
      ...ruleSteps(wanted, current),
      ...removeSteps(addresses, kept, current.addresses),
      ...(addresses.length > 0 ? holdSteps(current.holder) : []),
    ];
  },

  result: (_args, current) => ({ counters: current?.counters ?? [] }),
});
