import { positionOf, type Span } from '../core/source.ts';
import type { Paint } from './style.ts';
import { cutLine, displayWidth, showLine, wrapText } from './terminal-text.ts';

export interface FrameLayout {
  /** Columns of the widest line number of the whole message. */
  readonly gutter: number;
  /** Columns of the screen; `Infinity` where lines are never broken. */
  readonly width: number;
  readonly paint: Paint;
}

const linesBefore = 2;
/** Where lines are never broken, an excerpt still is: nobody reads a minified file in a log. */
const widestExcerpt = 160;

/** The marked line with two before it, the mark beneath, and a word beside the mark. */
export function codeFrame(span: Span, label: string | undefined, layout: FrameLayout): string[] {
  const { line } = positionOf(span.source, span.start);
  const lines = span.source.text.split('\n');
  const room = Math.max(20, Math.min(layout.width, widestExcerpt) - layout.gutter - 3);
  const mark = markOn(lines[line - 1] ?? '', span);
  const from = mark.column + Math.min(mark.width, 10) < room ? 0 : Math.max(0, mark.column - Math.floor(room / 3));
  const numbered = (text: string, number?: number): string =>
    `${layout.paint('dim', `${String(number ?? '').padStart(layout.gutter)} |`)} ${text}`.trimEnd();

  const shown: string[] = [];
  for (let number = firstLine(lines, line); number < line; number++) {
    shown.push(numbered(cutLine(showLine(lines[number - 1] ?? ''), room), number));
  }
  shown.push(numbered(cutLine(showLine(lines[line - 1] ?? ''), room, from), line));
  const visible = { column: mark.column - from, width: Math.min(mark.width, room - (mark.column - from)) };
  return [...shown, ...underline(visible, label, { room, paint: layout.paint }).map((text) => numbered(text))];
}

/** Context starts after empty lines. */
function firstLine(lines: readonly string[], line: number): number {
  let first = Math.max(1, line - linesBefore);
  while (first < line && (lines[first - 1] ?? '').trim() === '') first++;
  return first;
}

interface Mark {
  readonly column: number;
  readonly width: number;
}

/** A span over several lines is marked to the end of its first. */
function markOn(text: string, span: Span): Mark {
  const start = positionOf(span.source, span.start).column - 1;
  const end = Math.min(start + span.end - span.start, text.trimEnd().length);
  const column = displayWidth(showLine(text.slice(0, start)));
  return { column, width: Math.max(1, displayWidth(showLine(text.slice(0, end))) - column) };
}

function underline(mark: Mark, label: string | undefined, place: { room: number; paint: Paint }): string[] {
  const pointer = `${' '.repeat(mark.column)}${place.paint('red', '^'.repeat(Math.max(1, mark.width)))}`;
  if (!label) return [pointer];
  if (mark.column + mark.width + 1 + displayWidth(label) <= place.room) {
    return [`${pointer} ${place.paint('red', label)}`];
  }
  const indent = mark.column + displayWidth(label) <= place.room ? mark.column : 0;
  const lines = wrapText(label, place.room - indent);
  return [pointer, ...lines.map((line) => `${' '.repeat(indent)}${place.paint('red', line)}`)];
}
