import { problem } from '../../core/diagnostic.ts';
import type { Look, LookCall } from '../../core/plan.ts';

/** Names a chain of a table of one of the two firewalls. */
export interface ChainPlace {
  readonly table: string;
  readonly chain: string;
  readonly version: 4 | 6;
}

/** The chain, in the words of `Step.touches`. */
export function touching({ table, chain, version }: ChainPlace): string[] {
  return [`chain:${version === 6 ? 'ip6:' : ''}${table}/${chain}`];
}

export interface Chain {
  /** What stands above the rules in that list: the chain itself. */
  readonly head?: string;
  /** As `iptables -S` lists them, in order; left out when there is no such chain. */
  readonly rules?: readonly string[];
  /** The table's chains, listed only where the one asked for is missing. */
  readonly chains: readonly string[];
}

/** Waits up to five seconds for whoever else is changing the firewall. */
export function iptables({ table, version }: ChainPlace, ...words: readonly string[]): string[] {
  return [version === 6 ? 'ip6tables' : 'iptables', '-w', '5', '-t', table, ...words];
}

/** The look that lists a chain. */
export function listing(place: ChainPlace): Extract<LookCall, { kind: 'query' }> {
  const argv = iptables(place, '-S', place.chain);
  return { kind: 'query', argv, options: { exits: [0, 1], sees: touching(place) } };
}

export async function readChain(place: ChainPlace, look: Look): Promise<Chain> {
  const { argv, options } = listing(place);
  const listed = await look.query(argv, options);
  if (listed.exit === 0) {
    const [head = ''] = linesOf(listed.stdout, '-P', '-N');
    return { head, rules: linesOf(listed.stdout, '-A'), chains: [] };
  }
  // exit status 1 has many reasons: only the table's own list proves that the chain is absent
  const table = await look.query(iptables(place, '-S'));
  const chains = linesOf(table.stdout, '-P', '-N').map((line) => line.split(' ')[1] ?? '');
  if (!chains.includes(place.chain)) return { chains };
  throw problem('PV5001', `cannot list the chain ${place.table}/${place.chain}: ${listed.stderr.trim()}`);
}

function linesOf(list: string, ...commands: readonly ('-A' | '-P' | '-N')[]): string[] {
  return list.split('\n').filter((line) => commands.some((command) => line.startsWith(`${command} `)));
}
