import type { RunEvent } from './event.ts';
import { placeData, type Span } from './source.ts';

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && 'source' in value && 'start' in value && 'end' in value;
}

/** Only these parts of an event are more than texts and numbers. */
function mayHoldSpans(event: RunEvent): boolean {
  return 'diagnostic' in event || 'item' in event;
}

/** One event as one line of JSON; a span becomes `{file, line, column, endLine, endColumn}`. */
export function eventJson(event: RunEvent): string {
  return mayHoldSpans(event) ? JSON.stringify(event, withPlaces) : JSON.stringify(event);
}

function withPlaces(_key: string, value: unknown): unknown {
  return isSpan(value) ? placeData(value) : value;
}
