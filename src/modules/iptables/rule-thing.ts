import type { Thing } from '../../core/thing.ts';
import { joinWords, splitWords } from '../rule-words.ts';
import type { ChainPlace } from './chain-state.ts';
import { findRule } from './rule-steps.ts';

export const ruleKind = 'iptables.restore';

/**
 * A rule as something that an undo can put back: how many copies of it there are, where each stands, and how long the
 * chain is.
 */
export function ruleThing(place: ChainPlace, words: readonly string[], rules: readonly string[]): Thing {
  const found = findRule({ place, words }, rules);
  const lines = [...found.map((index) => `${index + 1} ${rules[index] ?? ''}\n`), `of ${rules.length}\n`];
  const state = found.length === 0 ? null : { copies: found.length };
  return { kind: ruleKind, name: ruleName(place, words), state, content: lines.join('') };
}

function ruleName({ table, chain, version }: ChainPlace, words: readonly string[]): string {
  return `${version === 6 ? 'ip6tables' : 'iptables'} ${table}/${chain} ${joinWords(words)}`;
}

/** The place and the words that such a name is made of. */
export function parseRuleName(
  name: string,
): { readonly place: ChainPlace; readonly words: readonly string[] } | undefined {
  const [, program, table, chain, text] = /^(iptables|ip6tables) (\w+)\/(\S+) (.*)$/.exec(name) ?? [];
  if (program === undefined || table === undefined || chain === undefined || text === undefined) return undefined;
  return { place: { table, chain, version: program === 'ip6tables' ? 6 : 4 }, words: splitWords(text) };
}

/** Where each copy stood, from the top, and its words without `-A CHAIN`. */
export function copiesIn(content = ''): readonly { readonly at: number; readonly text: string }[] {
  return [...content.matchAll(/^(\d+) -A \S+ (.*)$/gm)].map(([, at, text = '']) => ({ at: Number(at), text }));
}

export function lengthIn(content = ''): number {
  return Number(/^of (\d+)$/m.exec(content)?.[1] ?? 0);
}
