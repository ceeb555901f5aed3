import { createHash } from 'node:crypto';
import type { IpVersion } from '../core/ip-address.ts';
import { ruleSpec } from './rule-spec.ts';

/**
 * What nft has for a rule of iptables, as far as our own rules go, with the verdict `accept` whatever the rule does. The
 * end of the comment says the same as the rule: nft lists rules as its version likes.
 */
export function nftRule(words: readonly string[], version: IpVersion): string {
  const lines = ruleSpec(words, version).key.split('\n');
  const matches = lines
    .map((line) => /^(?<name>\S+) (?<value>.*)$/s.exec(line)?.groups ?? {})
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map(({ name = '', value = '' }) => translations[name]?.(value, version === 4 ? 'ip' : 'ip6'))
    .filter((match) => match !== '')
    .join(' ');
  const comment = lines.find((line) => line.startsWith('--comment '))?.slice('--comment '.length) ?? '';
  return `${matches} counter accept comment "${commentOf(comment, matches)}"`;
}

type Translation = (value: string, family: 'ip' | 'ip6') => string;

const said: Translation = () => '';

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
  '--comment': said,
  '--to-destination': said,
  '--to-source': said,
  '-j': said,
};

const order = Object.keys(translations);

/** In which order people say it. */
function placeOf({ name = '' }: Readonly<Record<string, string>>): number {
  const place = order.indexOf(name);
  if (place < 0) throw new Error(`a rule of ours says \`${name}\`, for which nft has no translation here`);
  return place;
}

function interfaceName(value: string): string {
  return `"${value.replace(/\+$/, '*')}"`;
}

function ports(value: string): string {
  return value.replaceAll(':', '-').replaceAll(',', ', ');
}

/** nft takes 128 bytes, and no quotes within. */
const longest = 110;

function commentOf(text: string, matches: string): string {
  const digest = createHash('sha256').update(matches).digest('hex').slice(0, 8);
  const plain = text.replace(/[^ !#-[\]-~]/g, '?').slice(0, longest);
  return `${plain === '' ? '' : `${plain} `}#${digest}`;
}
