/** One part of a pattern: hosts that are added, kept (`&`) or taken away (`!`). */
export interface PatternTerm {
  readonly sign: '' | '&' | '!';
  /** A name, a glob, or `~` and a regular expression; a position in brackets may follow. */
  readonly text: string;
}

/** The parts of a pattern. They are separated by `,` or `:`, except within brackets, where a regular expression has them. */
export function readPattern(pattern: string): readonly PatternTerm[] {
  return splitOutsideBrackets(pattern)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const sign = part.startsWith('&') ? '&' : part.startsWith('!') ? '!' : '';
      return { sign, text: part.slice(sign.length).trim() };
    });
}

function splitOutsideBrackets(pattern: string): readonly string[] {
  const parts: string[] = [];
  let [begin, depth] = [0, 0];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '\\') at += 1;
    else if ('[({'.includes(character)) depth += 1;
    else if ('])}'.includes(character)) depth -= 1;
    else if ((character === ',' || character === ':') && depth <= 0) {
      parts.push(pattern.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...parts, pattern.slice(begin)];
}

/** Which of the hosts that a word stands for: `web[0]`, `web[-1]`, `web[1:3]`, `web[2:]`; both ends are meant. */
export interface Position {
  readonly word: string;
  readonly first: number;
  /** Left out for all that follow. */
  readonly last?: number;
}

export function readPosition(text: string): Position | undefined {
  const one = /^(.+)\[(-?\d+)\]$/.exec(text);
  if (one) return { word: one[1] ?? '', first: Number(one[2]), last: Number(one[2]) };
  const several = /^(.+)\[(\d+)[:-](\d*)\]$/.exec(text);
  if (!several) return undefined;
  const [, word = '', first, last] = several;
  return { word, first: Number(first), ...(last && { last: Number(last) }) };
}

/** `undefined` where the list is too short for the position. */
export function atPosition(hosts: readonly string[], { first, last }: Position): readonly string[] | undefined {
  const begin = first < 0 ? hosts.length + first : first;
  if (begin < 0 || begin >= hosts.length) return undefined;
  if (last === undefined) return hosts.slice(begin);
  return last < 0 ? hosts.slice(begin, begin + 1) : hosts.slice(begin, last + 1);
}

/** Whether it stands for whatever looks like it, not for one name. */
export function isGlob(word: string): boolean {
  return /[*?[]/.test(word);
}

/** `*`, `?` and `[abc]`, as in a shell. */
export function globExpression(glob: string): RegExp {
  const source = glob.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
