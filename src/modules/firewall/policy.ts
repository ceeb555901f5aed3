import { problem } from '../../core/diagnostic.ts';
import { args, oneOf, Type } from '../../schema/schema.ts';
import { type Fragment, lastWord } from '../firewall-fragment.ts';
import { type FirewallState, readFirewall } from '../firewall-state.ts';
import { revertAfter, ruleSteps } from '../firewall-steps.ts';
import { defineModule } from '../module.ts';
import type { SshConnection } from '../ssh-connection.ts';
import { admits, refuseImpossible } from './accept-rule.ts';
import { type Firewalld, firewalldSteps, readFirewalld } from './firewalld.ts';
import { type GuestBridge, readGuestBridges } from './guest-bridges.ts';
import { policyChains, policyFragment } from './policy-chains.ts';

const text = (description: string, pattern: string) => Type.Optional(Type.String({ pattern, description }));
const address = (description: string) => text(description, '^[0-9A-Fa-f.:]+(/[0-9]+)?$');
const network = (description: string) => text(description, '^[^\\s!]{1,15}$');

const rule = args({
  chain: oneOf(['INPUT', 'FORWARD'], {
    default: 'INPUT',
    description: 'for the host itself, or for what it passes on to guests',
  }),
  protocol: text('tcp, udp, icmp, another name or a number; left out: any', '^[\\w-]+$'),
  source: address('address or network it comes from'),
  destination: address('address or network it goes to; for a guest behind NAT its own address, not the public one'),
  in_interface: network('interface it comes in by; a `+` at the end stands for any ending'),
  out_interface: network('interface it leaves by, for FORWARD'),
  destination_port: Type.Optional(
    Type.Unsafe<string | number>({
      type: ['string', 'integer'],
      pattern: '^[0-9]+(:[0-9]+)?(,[0-9]+(:[0-9]+)?)*$',
      minimum: 1,
      maximum: 65535,
      description: 'port, range `1024:2048`, or list `80,443`',
    }),
  ),
  comment: text('what it is for, with the name of the guest; shown wherever the rule is listed', '^[^\\r\\n]{1,255}$'),
});

interface PolicyState extends FirewallState {
  readonly bridges: readonly GuestBridge[];
  readonly firewalld: Firewalld;
}

export const firewallPolicy = defineModule({
  name: 'firewall.policy',
  description: 'What is let in and passed on; all else is dropped, and nobody is shut out by mistake.',
  args: args({
    state: oneOf(['present', 'absent'], {
      default: 'present',
      description: 'absent: all rules of the policy are gone',
    }),
    rules: Type.Array(rule, {
      default: [],
      description:
        'what is accepted besides what always is: connections that exist, the host itself, ICMP that is needed, its ' +
        'own lease, DHCP and DNS for guests of libvirt, and these guests on their way out',
    }),
    admit_controller: Type.Boolean({
      default: true,
      description: 'accept SSH from where we are logged in from, where no rule does already',
    }),
    revert_after: revertAfter,
  }),
  examples: [
    'rules:\n  - { protocol: tcp, source: 192.0.2.0/24, destination_port: 22, comment: ssh from the office }\n' +
      '  - { chain: FORWARD, protocol: tcp, destination: 192.168.101.100, destination_port: "80,443", comment: web of everest }',
    'state: absent',
  ],

  lasting: 'another policy, or `state: absent`, takes its place',
  async read(_args, look): Promise<PolicyState> {
    const [firewall, bridges, firewalld] = await Promise.all([
      readFirewall({ name: 'policy', chains: policyChains }, look),
      readGuestBridges(look),
      readFirewalld(look),
    ]);
    return { ...firewall, bridges, firewalld };
  },

  plan({ state, rules, admit_controller, revert_after }, current) {
    if (!current) return [];
    rules.forEach(refuseImpossible);
    const shutOut = current.connections.filter((connection) => !rules.some((each) => admits(each, connection)));
    const facts = { rules, bridges: current.bridges, admitted: admit_controller ? shutOut : [] };
    const fragments = ([4, 6] as const).map((version) => policyFragment(version, facts));
    const wanted = { name: 'policy', what: 'the firewall policy', fragments, revertAfter: revert_after };
    if (state === 'absent') {
      const none = fragments.map(({ version, chains }) => ({
        version,
        chains: chains.map((chain) => ({ ...chain, rules: [] })),
      }));
      return [...ruleSteps({ ...wanted, fragments: none }, current), ...firewalldSteps([], current.firewalld)];
    }
    for (const fragment of fragments) refuseUnreachable(fragment, current);
    const suspect = admit_controller ? undefined : suspectOf(shutOut);
    return [
      ...ruleSteps({ ...wanted, ...(suspect !== undefined && { suspect }) }, current),
      ...firewalldSteps(rules, current.firewalld),
    ];
  },

  result: (_args, current) => ({ counters: current?.counters ?? [] }),
});

function suspectOf([connection]: readonly SshConnection[]): string | undefined {
  return connection && `no rule accepts tcp port ${connection.port} from ${connection.from}`;
}

/** With iptables behind it, firewalld ends INPUT by a rule of its own. */
function refuseUnreachable(fragment: Fragment, { saved, firewalld }: PolicyState): void {
  const rule = lastWord(fragment, saved[fragment.version] ?? {});
  if (rule === undefined) return;
  const [whose, help] =
    firewalld.accepted === undefined
      ? [
          'somebody else',
          'what comes after it never counts; remove it, with iptables.rule and `state: absent` for instance',
        ]
      : [
          'firewalld',
          'with iptables behind it firewalld has the last word: write FirewallBackend=nftables into ' +
            '/etc/firewalld/firewalld.conf, and restart firewalld',
        ];
  throw problem('PV5203', `filter/INPUT refuses everything by a rule of ${whose}: ${rule}`, { help });
}
