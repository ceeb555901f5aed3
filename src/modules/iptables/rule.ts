import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { didYouMean } from '../../core/suggest.ts';
import { args, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { ruleWords } from '../rule-words.ts';
import { type Chain, readChain } from './chain-state.ts';
import { removeRule, type WantedRule, wantRule } from './rule-steps.ts';
import { ruleThing } from './rule-thing.ts';

const address = (description: string) =>
  Type.Optional(Type.String({ pattern: '^(! ?)?[0-9A-Fa-f.:]+(/[0-9.]+)?$', description }));
const network = (description: string) => Type.Optional(Type.String({ pattern: '^(! ?)?[^\\s!]{1,15}$', description }));
const port = (description: string) =>
  Type.Optional(
    Type.Unsafe<string | number>({
      type: ['string', 'integer'],
      pattern: '^(! ?)?[0-9:,]+$',
      minimum: 1,
      maximum: 65535,
      description,
    }),
  );
const text = (description: string, pattern = '^[^\\r\\n]+$') => Type.Optional(Type.String({ pattern, description }));
const chainName = '^[^\\s!-][^\\s!]{0,28}$';

export const iptablesRule = defineModule({
  name: 'iptables.rule',
  description: 'One rule of the kernel firewall, present exactly once or absent; it lasts until the next boot.',
  args: args({
    chain: Type.String({ pattern: chainName, description: 'the chain, which must exist' }),
    table: oneOf(['filter', 'nat', 'mangle', 'raw'], { default: 'filter', description: 'the table of the chain' }),
    state: oneOf(['present', 'absent'], { default: 'present', description: 'whether the rule is there' }),
    action: oneOf(['append', 'insert'], {
      default: 'append',
      description:
        'where a new rule goes: to the end, or to the top. An inserted rule must stay ahead of rules that drop or ' +
        'reject and of jumps to the chains of libvirt: found behind one of them, it is moved to the top',
    }),
    ip_version: Type.Unsafe<4 | 6>({ enum: [4, 6], default: 4, description: 'iptables, or ip6tables' }),
    protocol: text('tcp, udp, icmp, another name or a number; `!` before it: any other', '^(! ?)?[\\w-]+$'),
    source: address('address or network the packet comes from; `!` before it: any other'),
    destination: address('address or network the packet goes to; `!` before it: any other'),
    in_interface: network('interface the packet came in by; a `+` at the end stands for any ending'),
    out_interface: network('interface the packet leaves by'),
    source_port: port('port, range `1024:2048`, or list `80,443`; needs a protocol'),
    destination_port: port('port, range `1024:2048`, or list `80,443`; needs a protocol'),
    ctstate: Type.Optional(
      Type.Array(oneOf(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'DNAT', 'SNAT']), {
        minItems: 1,
        description: 'states of the connection, any of them',
      }),
    ),
    match: Type.Optional(
      Type.Array(Type.String({ pattern: '^(! )?-' }), {
        description: 'further matches in the words of iptables: "-m mac --mac-source 02:33:33:33:33:33"',
      }),
    ),
    comment: text('what the rule is for; part of the rule', '^[^\\r\\n]{1,255}$'),
    jump: text('what happens to the packet: ACCEPT, DROP, DNAT, another chain', chainName),
    to_destination: text('for DNAT: address, or address:port'),
    to_source: text('for SNAT: address, or address:port'),
    to_ports: text('for REDIRECT and MASQUERADE: port or range'),
    reject_with: text('for REJECT: the answer, by default icmp-port-unreachable'),
  }),
  examples: [
    'table: nat\nchain: PREROUTING\nin_interface: eth0\nprotocol: tcp\ndestination_port: 10022\njump: DNAT\n' +
      'to_destination: 192.168.101.100:22\ncomment: ssh to everest',
    'chain: FORWARD\naction: insert\ndestination: 192.168.101.100\nprotocol: tcp\ndestination_port: 22\njump: ACCEPT',
    'chain: INPUT\nctstate: [ESTABLISHED, RELATED]\njump: ACCEPT',
  ],

  read: ({ table, chain, ip_version }, look) => readChain({ table, chain, version: ip_version }, look),

  things({ table, chain, ip_version, state: _state, action: _action, ...parts }, current) {
    return [ruleThing({ table, chain, version: ip_version }, ruleWords(parts), current?.rules ?? [])];
  },

  plan({ table, chain, state, action, ip_version, ...parts }, current): readonly Step[] {
    if ((parts.source_port ?? parts.destination_port) !== undefined && parts.protocol === undefined) {
      throw problem('PV5103', 'a port needs a protocol', { help: 'add `protocol: tcp` or `protocol: udp`' });
    }
    if (!current?.rules) {
      if (state === 'absent') return [];
      throw noChain(`${table}/${chain}`, chain, current);
    }
    const place = { table, chain, version: ip_version };
    const wanted: WantedRule = { place, words: ruleWords(parts), first: action === 'insert' };
    return state === 'present' ? wantRule(wanted, current) : removeRule(wanted, current.rules);
  },
});

function noChain(name: string, chain: string, current: Chain | undefined): Error {
  const near = didYouMean(chain, current?.chains ?? []);
  return problem('PV5201', `there is no chain ${name} on this host`, {
    argument: ['chain'],
    help: near ?? `the chains of this table are ${current?.chains.join(', ') || 'none'}`,
  });
}
