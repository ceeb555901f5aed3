import type { Span } from '../core/source.ts';
import type { Program } from './program.ts';

/** A stretch of a program's text. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Where a part of a program's text stands in the user's files. */
export type PlaceOf = (part: Part) => Span | undefined;

/** For a text that is a whole file. */
export function placeInFile(source: Span['source']): PlaceOf {
  return ({ start, end }) => ({ source, start, end });
}

/**
 * For a text that is a scalar of a YAML document: quotes, indentation and folding stand between the two, so the line, or
 * else the tag, is looked up in what the user wrote. Where it cannot be found, the scalar as a whole is the place. The
 * scalar itself is found when something is wrong, which is seldom.
 */
export function placeInScalar(find: () => Span | undefined, program: Pick<Program, 'text' | 'tags'>): PlaceOf {
  return (part) => {
    const scalar = find();
    if (scalar === undefined || part.start === part.end) return scalar;
    const written = scalar.source.text.slice(scalar.start, scalar.end);
    for (const around of [lineAround(program.text, part), tagAround(program, part)]) {
      const at = around && sameOccurrence(program.text, written, around);
      if (around === undefined || at === undefined) continue;
      const start = scalar.start + at + part.start - around.start;
      return { source: scalar.source, start, end: start + part.end - part.start };
    }
    return scalar;
  };
}

function lineAround(text: string, { start, end }: Part): Part | undefined {
  const lineEnd = text.indexOf('\n', start);
  const line = { start: text.lastIndexOf('\n', start - 1) + 1, end: lineEnd < 0 ? text.length : lineEnd };
  return end <= line.end ? line : undefined;
}

function tagAround({ tags }: Pick<Program, 'tags'>, part: Part): Part | undefined {
  return tags.find(({ start, end }) => start <= part.start && part.end <= end);
}

/** Where `written` has the piece that `around` cuts out of `text`: the second occurrence when it is the second there. */
function sameOccurrence(text: string, written: string, around: Part): number | undefined {
  const piece = text.slice(around.start, around.end);
  let at = written.indexOf(piece);
  for (let index = text.indexOf(piece); index < around.start && index >= 0 && at >= 0; ) {
    index = text.indexOf(piece, index + 1);
    at = written.indexOf(piece, at + 1);
  }
  return at < 0 ? undefined : at;
}

/** The word at an offset, else the tag around it, else the whole text. */
export function wordAt(program: Pick<Program, 'text' | 'tags'>, offset: number | undefined): Part {
  if (offset !== undefined) {
    // V8 marks the name itself, or what leads to it: `.name`, `?.name`, `["name"`.
    const word = /(?:\?\.|\.)?(?:\[["'`]?)?([\w$]+)/y;
    word.lastIndex = offset;
    const name = word.exec(program.text)?.[1];
    if (name !== undefined) return { start: word.lastIndex - name.length, end: word.lastIndex };
    const tag = tagAround(program, { start: offset, end: offset });
    if (tag !== undefined) return { start: tag.start, end: tag.end };
  }
  const only = program.tags.length === 1 ? program.tags[0] : undefined;
  return { start: only?.start ?? 0, end: only?.end ?? program.text.length };
}
