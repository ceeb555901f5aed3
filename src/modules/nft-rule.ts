import { createHash } from 'node:crypto';
import type { IpVersion } from '../core/ip-address.ts';
import { ruleSpec } from './rule-spec.ts';

/**
 * What nft has for a rule of iptables, as far as our own rules go. The end of the comment says the same as the rule: nft
 * lists rules as its version likes.
 */
export function nftRule(words: readonly string[], version: IpVersion): string {
  const lines = ruleSpec(words, version).key.split('\n');
  const rule = lines
    .map((line) => /^(?<name>\S+) (?<value>.*)$/s.exec(line)?.groups ?? {})
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map(({ name = '', value = '' }) => translations[name]?.(value, version === 4 ? 'ip' : 'ip6'))
    .filter((part) => part !== '')
    .join(' ');
  const comment = lines.find((line) => line.startsWith('--comment '))?.slice('--comment '.length) ?? '';
  return `${rule} comment "${commentOf(comment, rule)}"`;
}

type Translation = (value: string, family: 'ip' | 'ip6') => string;

const verdicts: Readonly<Record<string, string>> = {
  ACCEPT: 'counter accept',
  MASQUERADE: 'counter masquerade',
  SNAT: 'counter snat to',
};

/** By the names of `ruleSpec`. */
const translations: Readonly<Record<string, Translation>> = {
  '-p': (value) => `meta l4proto ${value}`,
  '-s': (value, family) => `${family} saddr ${value}`,
  '-d': (value, family) => `${family} daddr ${value}`,
  '-i': (value) => `iifname ${interfaceName(value)}`,
  '-o': (value) => `oifname ${interfaceName(value)}`,
  '--dport': (value) => `th dport ${ports(value)}`,
  '--dports': (value) => `th dport { ${ports(value)} }`,
  '--ctstate': (value) => (value === 'DNAT' ? 'ct status dnat' : `ct state ${value.toLowerCase()}`),
  '--ctorigdstport': (value) => `ct original proto-dst ${value}`,
  '--ctreplsrc': (value, family) => `ct reply ${family} saddr ${value}`,
  '-j': (value) => verdicts[value] ?? unknown(`-j ${value}`),
  '--to-source': (value) => value,
  '--comment': () => '',
};

const order = Object.keys(translations);

/** In which order people say it. */
function placeOf({ name = '' }: Readonly<Record<string, string>>): number {
  const place = order.indexOf(name);
  return place < 0 ? unknown(name) : place;
}

function unknown(word: string): never {
  throw new Error(`a rule of ours says \`${word}\`, for which there is no translation to nft`);
}

function interfaceName(value: string): string {
  return `"${value.replace(/\+$/, '*')}"`;
}

function ports(value: string): string {
  return value.replaceAll(':', '-').replaceAll(',', ', ');
}

/** nft takes 128 bytes, and no quotes within. */
const longest = 110;

function commentOf(text: string, rule: string): string {
  const digest = createHash('sha256').update(rule).digest('hex').slice(0, 8);
  const plain = text.replace(/[^ !#-[\]-~]/g, '?').slice(0, longest);
  return `${plain === '' ? '' : `${plain} `}#${digest}`;
}
