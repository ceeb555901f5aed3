/**
 * POSIX shell text for one word, or for a whole argv. The only place that quotes: every command of the project is an
 * argv until it gets here.
 */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function quote(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}
