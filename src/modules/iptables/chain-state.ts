import { problem } from '../../core/diagnostic.ts';
import type { Look } from '../../core/plan.ts';

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
  /** As `iptables -S` lists them, in order; left out when there is no such chain. */
  readonly rules?: readonly string[];
  /** The table's chains, listed only where the one asked for is missing. */
  readonly chains: readonly string[];
}

/** Waits up to five seconds for whoever else is changing the firewall. */
export function iptables({ table, version }: ChainPlace, ...words: readonly string[]): string[] {
  return [version === 6 ? 'ip6tables' : 'iptables', '-w', '5', '-t', table, ...words];
}

export async function readChain(place: ChainPlace, look: Look): Promise<Chain> {
  const listing = await look.query(iptables(place, '-S', place.chain), { exits: [0, 1], sees: touching(place) });
  if (listing.exit === 0) return { rules: linesOf(listing.stdout, '-A'), chains: [] };
  // exit status 1 has many reasons: only the table's own list proves that the chain is absent
  const table = await look.query(iptables(place, '-S'));
  const chains = [...linesOf(table.stdout, '-P'), ...linesOf(table.stdout, '-N')].map(
    (line) => line.split(' ')[1] ?? '',
  );
  if (!chains.includes(place.chain)) return { chains };
  throw problem('PV5001', `cannot list the chain ${place.table}/${place.chain}: ${listing.stderr.trim()}`);
}

function linesOf(listing: string, command: '-A' | '-P' | '-N'): string[] {
  return listing.split('\n').filter((line) => line.startsWith(`${command} `));
}
