import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Emit } from '../core/event.ts';
import { eventJson } from '../core/event-json.ts';

/** Names a run so that runs sort by their start: `20261121T224005Z-3fa9`. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}

/** Keeps every event of a run in `FOLDER/RUN.ndjson`, written before anything else hears of it. */
export function openJournal(folder: string, run: string): { readonly emit: Emit; close(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openSync(join(folder, `${run}.ndjson`), 'a', 0o600);
  return {
    emit: (event) => {
      writeSync(file, `${eventJson(event)}\n`);
    },
    close: () => closeSync(file),
  };
}
