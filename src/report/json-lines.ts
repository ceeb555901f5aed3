import type { Reporter } from '../core/event.ts';
import { eventJson } from '../core/event-json.ts';

/** One event as one line of JSON on a stream that carries nothing else. */
export function createJsonLinesReporter(write: (text: string) => void): Reporter {
  return { on: (event) => write(`${eventJson(event)}\n`), close: async () => {} };
}
