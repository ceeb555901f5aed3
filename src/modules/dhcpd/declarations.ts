/** A `host` declaration of dhcpd.conf. */
export interface HostDeclaration {
  readonly name: string;
  /** Its statements, without the outer braces. */
  readonly body: string;
  /** Not within a group, a subnet or a class. */
  readonly outermost: boolean;
}

export interface Declarations {
  readonly hosts: readonly HostDeclaration[];
  /** Everything else, one blank between two words. */
  readonly rest: string;
}

const words = /"(?:\\.|[^"\\])*"|#[^\n]*|[{};]|[^\s"#{};]+/g;

/** dhcpd.conf as far as it must be understood: which hosts it declares, and what else is in it. Comments are dropped. */
export function readDeclarations(text: string): Declarations {
  const tokens = (text.match(words) ?? []).filter((word) => !word.startsWith('#'));
  const hosts: HostDeclaration[] = [];
  const rest: string[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const word = tokens[at] ?? '';
    const name = tokens[at + 1];
    if (word === 'host' && name !== undefined && tokens[at + 2] === '{' && beginsStatement(tokens[at - 1])) {
      const end = closingBrace(tokens, at + 2);
      hosts.push({ name: unquoted(name), body: tokens.slice(at + 3, end).join(' '), outermost: depth === 0 });
      at = end;
      continue;
    }
    if (word === '{') depth++;
    if (word === '}') depth--;
    rest.push(word);
  }
  return { hosts, rest: rest.join(' ') };
}

function beginsStatement(before: string | undefined): boolean {
  return before === undefined || ['{', '}', ';'].includes(before);
}

function closingBrace(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at] === '{') depth++;
    if (tokens[at] === '}' && --depth === 0) return at;
  }
  return tokens.length;
}

export function unquoted(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word;
}

/** The words of the statement that begins so, without the semicolon: `hardware ethernet` gives the address. */
export function statement(text: string, beginning: string): string | undefined {
  const found = new RegExp(`(?:^|[;{}] )${beginning} ([^;{}]+?) ?;`).exec(text)?.[1];
  return found === undefined ? undefined : unquoted(found);
}
