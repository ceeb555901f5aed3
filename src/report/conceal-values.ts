import type { SourceText } from '../core/source.ts';

/** Keys are taken loosely: a misspelt `password` is a mistake that is shown often. */
const secretKey =
  /(?<![\w-])[\w-]*(?:pas+w?o?r?d|pass|passphrase|pwd|secret|token)(?:_hash)?["']?[ \t]*:(?=[ \t])[ \t]*/gi;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"?|'(?:[^'\n]|'')*'?/y;
const plain = /[^\s#,{}[\]|>&*!][^\n]*?(?=[ \t]*(?:\n|$|[ \t]#))/y;
const plainInBraces = /[^\s#,{}[\]|>&*!][^\n]*?(?=[ \t]*(?:\n|$|[ \t]#|[,}]))/y;

/**
 * The same source with the values of keys such as `password` blotted out letter by letter, so that spans into it stay
 * right: an excerpt shows the lines around a mistake, and before a run nobody has yet told which values are secret.
 */
export function concealValues(source: SourceText): SourceText {
  let text = source.text;
  for (const found of source.text.matchAll(secretKey)) {
    const start = found.index + found[0].length;
    const end = endOfValue(source.text, found.index, start);
    const value = source.text.slice(start, end);
    // An expression is no secret, and may be what the mistake is in.
    if (!value.includes('<%')) text = text.slice(0, start) + value.replace(/\S/g, '*') + text.slice(end);
  }
  return text === source.text ? source : { name: source.name, text };
}

function endOfValue(text: string, keyStart: number, start: number): number {
  const lineStart = text.lastIndexOf('\n', keyStart - 1) + 1;
  const block = /^[|>][-+\d]*[ \t]*\n/.exec(text.slice(start));
  if (block) return start + block[0].length + blockLength(text, lineStart, start + block[0].length);
  const inBraces = text.slice(lineStart, keyStart).includes('{');
  for (const form of [quoted, inBraces ? plainInBraces : plain]) {
    form.lastIndex = start;
    const found = form.exec(text);
    if (found) return start + found[0].length;
  }
  return start;
}

/** The lines of a block text: empty, or deeper than the line of its key. */
function blockLength(text: string, lineStart: number, start: number): number {
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0;
  return new RegExp(`^(?:[ \\t]*\\n| {${indent + 1}}[^\\n]*(?:\\n|$))*`).exec(text.slice(start))?.[0].length ?? 0;
}
