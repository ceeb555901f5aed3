import { type Document, type Scalar, visit } from 'yaml';
import type { SourceText, Span } from '../core/source.ts';

/** A `<% %>` that YAML did not keep whole. */
export interface CutTemplate {
  readonly at: Span;
  readonly message: string;
  readonly help: string;
}

/**
 * Templates in a text without quotes that YAML ended too early: at ` #` (a comment), `: ` (a map), `, ` or a bracket (a
 * list or map in one line).
 */
export function findCutTemplates(source: SourceText, document: Document.Parsed): CutTemplate[] {
  if (!source.text.includes('<%')) return [];
  const cuts: CutTemplate[] = [];
  visit(document, {
    Scalar(_key, scalar) {
      const cut = scalar.type === 'PLAIN' ? cutOf(scalar, source) : undefined;
      if (cut) cuts.push(cut);
    },
  });
  return cuts;
}

function cutOf(scalar: Scalar, source: SourceText): CutTemplate | undefined {
  const [start, end] = scalar.range ?? [0, 0];
  const open = source.text.lastIndexOf('<%', end);
  if (open < start || source.text.slice(open, end).includes('%>')) return undefined;
  const line = restOfLine(source.text, end);
  const close = line.indexOf('%>');
  // Without its end on this line it is an open tag, which is told when expressions are checked.
  if (close < 0) return undefined;
  return describeCut({ source, start, end: end + close + 2 }, { open, cutAt: end });
}

/** A template on the line of a parser's error, where the tree holds no trace of it. */
export function cutOnLine(source: SourceText, offset: number): CutTemplate | undefined {
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  const line = restOfLine(source.text, lineStart);
  const tag = /^[^"'#]*?(<%.*?%>)/.exec(line);
  const open = tag ? lineStart + tag[0].length - (tag[1] ?? '').length : 0;
  if (!tag || open > offset) return undefined;
  return describeCut({ source, start: open, end: lineStart + tag[0].length }, { open, cutAt: offset });
}

function describeCut(at: Span, { open, cutAt }: { open: number; cutAt: number }): CutTemplate {
  const { text } = at.source;
  const mark = /^\s*[#:,{}[\]]?/.exec(text.slice(cutAt, at.end))?.[0].trim();
  const value = text.slice(at.start, at.end);
  const reading = mark ? (readings[mark] ?? '') : '';
  return {
    at,
    message: `YAML cuts \`${text.slice(open, at.end)}\`${mark ? ` at \`${mark}\`${reading}` : ''}`,
    help: `put the whole text in quotes: ${inQuotes(value)}`,
  };
}

const readings: Readonly<Record<string, string>> = {
  '#': ', which begins a comment',
  ':': ', which makes it a map',
  ',': ', which ends the item of a list or map in one line',
  '{': ', which begins a map',
  '}': ', which ends a map',
  '[': ', which begins a list',
  ']': ', which ends a list',
};

/** As YAML wants it: `"…"`, or `'…'` where the text itself holds `"` or a backslash. */
export function inQuotes(text: string): string {
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

export function restOfLine(text: string, offset: number): string {
  const lineBreak = text.indexOf('\n', offset);
  return text.slice(offset, lineBreak < 0 ? undefined : lineBreak);
}
