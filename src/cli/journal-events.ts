import { readFileSync, statSync } from 'node:fs';
import type { RunEvent } from '../core/event.ts';
import { isOfJournalAlone } from '../core/journal-line.ts';
import type { SourceText, Span } from '../core/source.ts';

/** What a place has become in the journal. */
interface PlaceData {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

type Json = Readonly<Record<string, unknown>>;

/** The events of a journal as they were told. Places lead into files as they are, unless those have changed since. */
export function eventsOf(journal: string): readonly RunEvent[] {
  const lines = journal
    .split('\n')
    .map(parsed)
    .filter((line) => line !== undefined);
  const began = Date.parse(String(lines[0]?.at ?? ''));
  const sources = new Map<string, SourceText | undefined>();
  const sourceOf = (file: string): SourceText | undefined => {
    if (!sources.has(file)) sources.set(file, unchangedSince(file, began));
    return sources.get(file);
  };
  return lines
    .filter(({ event }) => !isOfJournalAlone(event))
    .map((line) => (line.diagnostic ? { ...line, diagnostic: withPlaces(line.diagnostic as Json, sourceOf) } : line))
    .map((line) => line as unknown as RunEvent);
}

/** The last line of a run that was killed may be a piece. */
function parsed(line: string): Json | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Json);
  } catch {
    return undefined;
  }
}

function unchangedSince(file: string, began: number): SourceText | undefined {
  try {
    return statSync(file).mtimeMs <= began ? { name: file, text: readFileSync(file, 'utf8') } : undefined;
  } catch {
    return undefined;
  }
}

type SourceOf = (file: string) => SourceText | undefined;

/** Where the file has changed, the place stands in the sentence, without an excerpt. */
function withPlaces({ at, related, ...rest }: Json, sourceOf: SourceOf): Json {
  const place = at as PlaceData | undefined;
  const span = place && spanOf(place, sourceOf);
  const spans = ((related ?? []) as readonly { readonly at: PlaceData; readonly message: string }[]).flatMap(
    (other) => {
      const found = spanOf(other.at, sourceOf);
      return found ? [{ ...other, at: found }] : [];
    },
  );
  const message = place && !span ? `${rest.message} (${place.file}:${place.line}:${place.column})` : rest.message;
  return { ...rest, message, ...(span && { at: span }), ...(spans.length > 0 && { related: spans }) };
}

function spanOf({ file, line, column, endLine, endColumn }: PlaceData, sourceOf: SourceOf): Span | undefined {
  const source = sourceOf(file);
  if (!source) return undefined;
  return { source, start: offsetOf(source.text, line, column), end: offsetOf(source.text, endLine, endColumn) };
}

function offsetOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}
