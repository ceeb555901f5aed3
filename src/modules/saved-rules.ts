/** What the kernel holds of one family of addresses, as `iptables-save` tells it, with counters or without. */
export interface SavedRules {
  /** By table and chain, in order; a rule without its `-A CHAIN`. */
  readonly [table: string]: { readonly [chain: string]: readonly string[] };
}

export function parseSave(text: string): SavedRules {
  const tables: Record<string, Record<string, string[]>> = {};
  let chains: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [, table, declared, chain, rule = ''] =
      /^(?:\*(\S+)|:(\S+) .*|(?:\[\d+:\d+\] )?-A (\S+) (.*))$/.exec(line) ?? [];
    if (table !== undefined) {
      chains = tables[table] ?? {};
      tables[table] = chains;
    }
    const name = declared ?? chain;
    if (name === undefined) continue;
    const rules = chains[name] ?? [];
    chains[name] = rules;
    if (chain !== undefined) rules.push(rule);
  }
  return tables;
}

/** How often a rule was met. */
export interface RuleCounter {
  readonly chain: string;
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

/** Of these chains, as `iptables-save -c` tells them. */
export function parseCounters(text: string, chains: readonly string[]): RuleCounter[] {
  return [...text.matchAll(/^\[(\d+):(\d+)\] -A (\S+) (.*)$/gm)].flatMap(([, packets, bytes, chain = '', rule = '']) =>
    chains.includes(chain) ? [{ chain, rule, packets: Number(packets), bytes: Number(bytes) }] : [],
  );
}
