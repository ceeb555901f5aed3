import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { atPosition, globExpression, isGlob, readPattern, readPosition } from './host-pattern.ts';
import { expandRange } from './host-range.ts';
import type { Inventory } from './inventory.ts';

/**
 * The hosts that a pattern names, in inventory order: names, groups, globs, ranges and `~` with a regular expression, with
 * commas or colons between; `!x` takes away, `&x` keeps what is in both; `web[0]` is the first host of `web`. Throws PV2008
 * for what the inventory does not know.
 */
export function selectHosts(inventory: Inventory, pattern: string, at?: Span): readonly string[] {
  const unknown: Diagnostic[] = [];
  const terms = readPattern(pattern).map(({ sign, text }) => {
    const found = matching(inventory, text);
    if (isHosts(found)) return { sign, hosts: new Set(found) };
    unknown.push({ ...found, ...(at && { at }) });
    return { sign, hosts: new Set<string>() };
  });
  const [first, ...others] = unknown;
  if (first) throw new ProvisionError(first, ...others);
  const signed = (sign: string) => terms.filter((term) => term.sign === sign).map(({ hosts }) => hosts);
  const [added, kept, removed] = [signed(''), signed('&'), signed('!')];
  return [...inventory.hosts.keys()].filter(
    (host) =>
      (terms.length > 0 && added.length === 0 ? true : added.some((set) => set.has(host))) &&
      kept.every((set) => set.has(host)) &&
      !removed.some((set) => set.has(host)),
  );
}

type Found = Iterable<string> | Diagnostic;

function isHosts(found: Found): found is Iterable<string> {
  return Symbol.iterator in found;
}

/** The hosts that one word stands for, or why there are none. */
function matching(inventory: Inventory, text: string): Found {
  if (text.startsWith('~')) return matchingExpression(inventory, text);
  return (
    named(inventory, text) ?? atPlace(inventory, text) ?? looksLike(inventory, text) ?? unknownName(inventory, text)
  );
}

function named({ hosts, groups }: Inventory, name: string): readonly string[] | undefined {
  if (name === 'all' || name === '*') return [...hosts.keys()];
  return hosts.has(name) ? [name] : groups.get(name)?.hosts;
}

/** `web[0]` counts the hosts of `web`, where there is something of that name; otherwise it may be a glob or a range. */
function atPlace(inventory: Inventory, text: string): Found | undefined {
  const position = readPosition(text);
  const whole = position && (named(inventory, position.word) ?? looksLike(inventory, position.word));
  if (!position || !whole) return undefined;
  const order = new Set(whole);
  const hosts = [...inventory.hosts.keys()].filter((host) => order.has(host));
  return atPosition(hosts, position) ?? tooFew(text, position.word, hosts);
}

function tooFew(text: string, word: string, hosts: readonly string[]): Diagnostic {
  const [first, last] = [hosts[0], hosts.at(-1)];
  const message =
    hosts.length === 0 ? `\`${word}\` has no hosts` : `\`${word}\` has ${hosts.length} hosts, none at \`${text}\``;
  const ends = `\`${word}[0]\` is ${first}, \`${word}[${hosts.length - 1}]\` and \`${word}[-1]\` are ${last}`;
  return { code: 'PV2024', message, ...(hosts.length > 0 && { help: ends }) };
}

/** By a range all of whose hosts there are, or by a glob; `undefined` where nothing looks like it. */
function looksLike(inventory: Inventory, text: string): readonly string[] | undefined {
  if (!isGlob(text)) return undefined;
  const range = rangeOf(text);
  if (!range) return byExpression(inventory, globExpression(text));
  return range.every((name) => inventory.hosts.has(name)) ? range : undefined;
}

function rangeOf(text: string): readonly string[] | undefined {
  return text.includes('[') ? expandRange(text) : undefined;
}

/** The hosts of that look, and those of groups of that look. */
function byExpression(inventory: Inventory, expression: RegExp): readonly string[] | undefined {
  const groups = [...inventory.groups.values()].filter((candidate) => expression.test(candidate.name));
  const hosts = [...inventory.hosts.keys()].filter((candidate) => expression.test(candidate));
  return groups.length + hosts.length === 0 ? undefined : [...hosts, ...groups.flatMap((found) => found.hosts)];
}

/** As in Ansible it need not match the whole name, but its beginning. */
function matchingExpression(inventory: Inventory, text: string): Found {
  try {
    return byExpression(inventory, new RegExp(`^(?:${text.slice(1)})`)) ?? nothingLike(inventory, text);
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: .*?: /, '');
    const help = 'after `~` stands a regular expression: ~web\\d+';
    return { code: 'PV2024', message: `\`${text}\` is no regular expression: ${reason}`, help };
  }
}

function unknownName(inventory: Inventory, name: string): Diagnostic {
  const range = rangeOf(name) ?? [];
  const missing = range.filter((host) => !inventory.hosts.has(host));
  if (range.length > missing.length) return missingOfRange(name, missing);
  if (isGlob(name)) return nothingLike(inventory, name);
  const label = didYouMean(name, [...inventory.groups.keys(), ...inventory.hosts.keys()]);
  const message = `the inventory has no host or group \`${name}\``;
  return { code: 'PV2008', message, ...(label && { label }), help: groupsOf(inventory) };
}

function missingOfRange(range: string, missing: readonly string[]): Diagnostic {
  const shown = missing.slice(0, 3).map((name) => `\`${name}\``);
  const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : '';
  const help = 'a glob, such as web*, means those that there are';
  return { code: 'PV2008', message: `of \`${range}\` the inventory lacks ${shown.join(', ')}${more}`, help };
}

function nothingLike(inventory: Inventory, text: string): Diagnostic {
  return { code: 'PV2008', message: `nothing in the inventory matches \`${text}\``, help: groupsOf(inventory) };
}

function groupsOf({ groups }: Inventory): string {
  const names = [...groups.keys()].filter((group) => group !== 'all').slice(0, 12);
  return names.length > 0 ? `its groups are ${names.map((name) => `\`${name}\``).join(', ')}` : 'it has no groups';
}
