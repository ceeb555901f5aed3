import type { Step } from '../../core/plan.ts';
import { type RuleSpec, ruleSpec } from '../rule-spec.ts';
import { joinWords, splitWords } from '../rule-words.ts';
import { type Chain, type ChainPlace, iptables, listing, touching } from './chain-state.ts';

export interface WantedRule {
  readonly place: ChainPlace;
  readonly words: readonly string[];
  /** It must stand ahead of rules that would take its packets. */
  readonly first: boolean;
}

/** The rule exactly once, and where it counts. */
export function wantRule({ place, words, first }: WantedRule, { head, rules = [] }: Chain): Step[] {
  const text = joinWords(words);
  const name = `${place.table}/${place.chain}`;
  const found = findRule({ place, words }, rules);
  const [at] = found;
  if (at === undefined) {
    const argv = iptables(place, first ? '-I' : '-A', place.chain, ...words);
    const title = `${first ? 'insert at the top of' : 'append to'} ${name}: ${text}`;
    const leaves = head === undefined ? undefined : leaving({ place, words, first }, head, rules);
    return [
      { title, after: `${text}\n`, effect: { kind: 'run', argv }, touches: touching(place), ...(leaves && { leaves }) },
    ];
  }
  const deletions = found.map((index) => rules[index]?.replace('-A ', '-D ') ?? '');
  if (first && rules.slice(0, at).some((rule) => shadows(specOf(rule, place), words, place))) {
    const insertion = `-I ${place.chain} 1 ${text}`;
    return [restore(`move to the top of ${name}: ${text}`, place, [...deletions, insertion])];
  }
  if (found.length === 1) return [];
  const insertion = (rules[at] ?? '').replace(/^-A (\S+)/, `-I $1 ${at + 1}`);
  const title = `keep one of ${found.length} copies in ${name}: ${text}`;
  return [restore(title, place, [...deletions, insertion])];
}

/** Options that are listed just as they are given. */
const plainWords =
  /^(-[ijop] [\w.+-]+ |-[sd] [\d.]+\/\d+ |-m (tcp|udp) |--[sd]port [\d:]+ )*-j (ACCEPT|DROP|[A-Z]+_\w+)$/;

/** The list of the chain with the rule in it, where it can be told how the firewall will write that. */
function leaving({ place, words, first }: WantedRule, head: string, rules: readonly string[]): Step['leaves'] {
  const text = joinWords(words).replace(/(-[sd] [\d.]+)(?= )/g, '$1/32');
  if (!plainWords.test(text)) return undefined;
  const rule = `-A ${place.chain} ${text}`;
  const lines = [head, ...(first ? [rule, ...rules] : [...rules, rule])];
  return [{ call: listing(place), answer: { exit: 0, stdout: `${lines.join('\n')}\n`, stderr: '' } }];
}

/** Every copy of the rule gone, deleted in the firewall's own words. */
export function removeRule(wanted: Pick<WantedRule, 'place' | 'words'>, rules: readonly string[]): Step[] {
  const { place, words } = wanted;
  return findRule(wanted, rules).map((index) => ({
    title: `remove from ${place.table}/${place.chain}: ${joinWords(words)}`,
    before: `${joinWords(words)}\n`,
    effect: { kind: 'run', argv: iptables(place, '-D', ...splitWords(rules[index] ?? '').slice(1)) },
    touches: touching(place),
  }));
}

/** Where the rule stands in the list, every copy of it. */
export function findRule({ place, words }: Pick<WantedRule, 'place' | 'words'>, rules: readonly string[]): number[] {
  const wanted = ruleSpec(words, place.version).key;
  return rules.flatMap((rule, index) => (specOf(rule, place).key === wanted ? [index] : []));
}

function specOf(rule: string, { version }: ChainPlace): RuleSpec {
  return ruleSpec(splitWords(rule).slice(2), version);
}

/** Two rules that both refuse do not disturb each other; else two of them would push each other down for ever. */
function shadows({ jump = '' }: RuleSpec, words: readonly string[], { version }: ChainPlace): boolean {
  const refuses = (target: string | undefined): boolean => target === 'DROP' || target === 'REJECT';
  return jump.startsWith('LIBVIRT_') || (refuses(jump) && !refuses(ruleSpec(words, version).jump));
}

/** All in one transaction: at no moment is the rule missing. */
export function restore(title: string, place: ChainPlace, lines: readonly string[]): Step {
  const argv = [place.version === 6 ? 'ip6tables-restore' : 'iptables-restore', '-w', '5', '--noflush'];
  const stdin = [`*${place.table}`, ...lines, 'COMMIT', ''].join('\n');
  return { title, effect: { kind: 'run', argv, stdin }, touches: touching(place) };
}
