import { problem } from '../../core/diagnostic.ts';
import type { Restorer } from '../restorer.ts';
import { joinWords } from '../rule-words.ts';
import { readChain } from './chain-state.ts';
import { restore } from './rule-steps.ts';
import { copiesIn, lengthIn, parseRuleName, ruleKind, ruleThing } from './rule-thing.ts';

/** A rule of the kernel firewall, wherever in its chain it stood. */
export const iptablesRestore: Restorer = {
  kind: ruleKind,
  called: (name) => name,

  async read(name, look) {
    const { place, words } = parsed(name);
    const { rules, chains } = await readChain(place, look);
    const gone = rules === undefined && { hindrance: () => `there is no chain ${place.chain} (${chains.join(', ')})` };
    return { thing: ruleThing(place, words, rules ?? []), ...gone };
  },

  takesContent: (was) => was.state !== null,

  plan(was, now) {
    const { place, words } = parsed(was.name);
    const { chain } = place;
    const old = copiesIn(now.content);
    const rest = lengthIn(now.content) - old.length;
    const wanted = copiesIn(was.content);
    const lines = [
      ...old.map(({ text }) => `-D ${chain} ${text}`),
      ...wanted.map(({ at, text }, index) => `-I ${chain} ${Math.min(at, rest + index + 1)} ${text}`),
    ];
    const rule = `${place.table}/${chain}: ${joinWords(words)}`;
    const title = was.state === null ? `remove from ${rule}` : `put back into ${rule}`;
    const text = (copies: readonly { readonly text: string }[]) => copies.map((copy) => `${copy.text}\n`).join('');
    return [{ ...restore(title, place, lines), before: text(old), after: text(wanted) }];
  },
};

function parsed(name: string) {
  const rule = parseRuleName(name);
  if (rule) return rule;
  throw problem('PV5701', `the journal names a rule that nobody understands: ${name}`);
}
