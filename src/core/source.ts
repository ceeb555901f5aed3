/** A text the user wrote, kept so that an error can point into it. */
export interface SourceText {
  /** Path as the user knows it: relative to where they stand, or `--extra-vars`. */
  readonly name: string;
  readonly text: string;
}

/** A stretch of a source text; offsets count UTF-16 units, `end` is exclusive. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** Line and column as editors count them, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionOf(source: SourceText, offset: number): Position {
  const starts = lineStarts(source);
  let [line, beyond] = [0, starts.length];
  while (beyond - line > 1) {
    const middle = (line + beyond) >> 1;
    if ((starts[middle] ?? 0) <= offset) line = middle;
    else beyond = middle;
  }
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
}

const known = new WeakMap<SourceText, readonly number[]>();

/** Where lines begin; found once, since a list of many places asks for each of them. */
function lineStarts(source: SourceText): readonly number[] {
  const before = known.get(source);
  if (before) return before;
  const starts = [0, ...Array.from(source.text.matchAll(/\n/g), ({ index }) => index + 1)];
  known.set(source, starts);
  return starts;
}

/** `file:line:column`, the form that terminals and editors turn into a link. */
export function placeOf(span: Span): string {
  const { line, column } = positionOf(span.source, span.start);
  return `${span.source.name}:${line}:${column}`;
}

/** A place as data: line and column of its start, and of what comes right after its end. */
export function placeData(span: Span) {
  const end = positionOf(span.source, span.end);
  return { file: span.source.name, ...positionOf(span.source, span.start), endLine: end.line, endColumn: end.column };
}

/** Leads from one item of a document to another: `['tasks', 0, 'when']`. */
export type Path = readonly (string | number)[];

/** A value read from a document, with the way back to where each part of it stands. */
export interface Located<T = unknown> {
  readonly value: T;
  readonly source: SourceText;
  /** The span of the value at `path`; of its key when `part` is `key`; of the nearest parent that exists otherwise. */
  locate(path: Path, part?: 'key' | 'value'): Span;
  /** Every `!secret NAME` in the document. */
  readonly secrets?: readonly SecretUse[];
}

/** Where a document names a secret. */
export interface SecretUse {
  readonly name: string;
  readonly at: Span;
}
