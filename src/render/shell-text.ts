import { quoteWord } from '../core/quote.ts';
import type { Writer } from './escape.ts';
import { Failure } from './failure.ts';
import { plainText } from './plain-text.ts';

interface Value {
  readonly text: string;
  /** Made where the tag stands: its stack leads back there. */
  readonly failure: Failure;
}

/** Stand in for the values until the whole script is there; private characters that no script has. */
const open = '\u{F0F00}';
const close = '\u{F0F01}';

/**
 * How to write a value depends on the quotes around it, and these stand in the script: values go in last, each in the
 * way of its place. What would have to be guessed is refused.
 */
export function shellWriter(): Writer {
  const values: Value[] = [];
  return {
    write: (...given) => {
      const text = plainText(...given);
      values.push({ text, failure: new Failure('PV3102', 'the value cannot be written safely here') });
      return `${open}${values.length - 1}${close}`;
    },
    finish: (script) => fill(script, values),
  };
}

/** `opaque`: inside backquotes or `$'…'`, where quoting rules change once more. */
type Context = 'word' | 'substitution' | 'single' | 'double' | 'comment' | 'opaque';

interface Reading {
  readonly script: string;
  at: number;
  readonly contexts: Context[];
  /** Delimiters of here-documents whose text begins at the next line. */
  readonly pending: { readonly end: string; readonly quoted: boolean; readonly tabs: boolean }[];
}

function fill(script: string, values: readonly Value[]): string {
  const reading: Reading = { script, at: 0, contexts: ['word'], pending: [] };
  let filled = '';
  while (reading.at < script.length) {
    const mark = markAt(script, reading.at);
    const value = mark && values[mark.index];
    if (mark !== undefined && value !== undefined) {
      filled += written(value, reading.contexts.at(-1) ?? 'word');
      reading.at = mark.end;
    } else if (script[reading.at] === '\n' && reading.pending.length > 0) {
      filled += hereDocuments(reading, values);
    } else {
      const from = reading.at;
      step(reading);
      filled += script.slice(from, reading.at);
    }
  }
  return filled;
}

function markAt(script: string, at: number): { readonly index: number; readonly end: number } | undefined {
  if (!script.startsWith(open, at)) return undefined;
  const end = script.indexOf(close, at);
  return { index: Number(script.slice(at + open.length, end)), end: end + close.length };
}

function written({ text, failure }: Value, context: Context): string {
  if (text.includes('\0')) throw failure;
  switch (context) {
    case 'word':
    case 'substitution':
      return quoteWord(text);
    case 'double':
      return text.replace(/["$`\\]/g, '\\$&');
    case 'single':
      return text.replaceAll("'", `'\\''`);
    case 'comment':
      if (/[\n\r]/.test(text)) throw failure;
      return text;
    case 'opaque':
      if (quoteWord(text) !== text) throw failure;
      return text;
    default:
      return context satisfies never;
  }
}

/** Moves on by one piece of script and follows what it opens and closes. */
function step(reading: Reading): void {
  const { script, at, contexts } = reading;
  const context = contexts.at(-1) ?? 'word';
  const character = script.charAt(at);
  reading.at += 1;
  if (context === 'comment') {
    if (character === '\n') contexts.pop();
  } else if (context === 'single') {
    if (character === "'") contexts.pop();
  } else if (character === '\\') {
    if (!script.startsWith(open, reading.at)) reading.at += 1;
  } else if (context === 'opaque') {
    if (character === '`' || character === "'") contexts.pop();
  } else if (character === '`') contexts.push('opaque');
  else if (script.startsWith('$(', at)) {
    contexts.push('substitution');
    reading.at += 1;
  } else if (context === 'double') {
    if (character === '"') contexts.pop();
  } else stepInCommand(reading, character);
}

function stepInCommand(reading: Reading, character: string): void {
  const { script, contexts } = reading;
  const before = script.charAt(reading.at - 2);
  if (character === '"') contexts.push('double');
  else if (character === "'") contexts.push(before === '$' ? 'opaque' : 'single');
  else if (character === '#' && /^[\s;&|(]?$/.test(before)) contexts.push('comment');
  else if (character === '(' && contexts.at(-1) === 'substitution') contexts.push('substitution');
  else if (character === ')' && contexts.at(-1) === 'substitution') contexts.pop();
  else if (character === '<') noteHereDocument(reading);
}

function noteHereDocument(reading: Reading): void {
  const start = /<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|(\\?)([^\s;&|<>()'"\\]+))/y;
  start.lastIndex = reading.at - 1;
  if (reading.script.startsWith('<<<', reading.at - 1)) {
    reading.at += 2;
    return;
  }
  const found = start.exec(reading.script);
  if (found === null) return;
  const [whole, tabs, single, double, backslash, bare] = found;
  const end = single ?? double ?? bare ?? '';
  reading.pending.push({ end, tabs: tabs === '-', quoted: bare === undefined || backslash !== '' });
  reading.at += whole.length - 1;
}

/** The here-documents that begin at this line break, with their values. */
function hereDocuments(reading: Reading, values: readonly Value[]): string {
  let filled = '\n';
  reading.at += 1;
  for (const { end, quoted, tabs } of reading.pending.splice(0)) {
    for (let ended = false; !ended && reading.at < reading.script.length; ) {
      const lineEnd = reading.script.indexOf('\n', reading.at);
      const next = lineEnd < 0 ? reading.script.length : lineEnd + 1;
      const line = reading.script.slice(reading.at, next);
      ended = (tabs ? line.replace(/^\t+/, '') : line).trimEnd() === end;
      filled += line.replace(new RegExp(`${open}(\\d+)${close}`, 'gu'), (_mark, index: string) => {
        return inHereDocument(values[Number(index)], quoted);
      });
      reading.at = next;
    }
  }
  return filled;
}

function inHereDocument(value: Value | undefined, quoted: boolean): string {
  if (value === undefined) return '';
  if (/[\n\r\0]/.test(value.text)) throw value.failure;
  return quoted ? value.text : value.text.replace(/[$`\\]/g, '\\$&');
}
