import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, type ProvisionError, problem } from '../core/diagnostic.ts';
import type { Emit } from '../core/event.ts';
import { eventJson } from '../core/event-json.ts';

/** Names a run so that runs sort by their start: `20261121T224005Z-3fa9`. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}

export interface Journal {
  readonly emit: Emit;
  close(): void;
}

/**
 * Keeps every event of a run in `FOLDER/RUN.ndjson`, written before anything else hears of it. A disk that fills up
 * meanwhile stops no run: `onLoss` is told, once.
 * @throws ProvisionError PV0005 where it cannot be begun
 */
export function openJournal(folder: string, run: string, onLoss: (diagnostic: Diagnostic) => void): Journal {
  const path = join(folder, `${run}.ndjson`);
  const file = openFile(folder, path);
  let lost = false;
  return {
    emit: (event) => {
      if (lost) return;
      try {
        writeSync(file, `${eventJson(event)}\n`);
      } catch (error) {
        lost = true;
        onLoss(notWritten(path, error).diagnostics[0]);
      }
    },
    close: () => closeSync(file),
  };
}

function openFile(folder: string, path: string): number {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): ProvisionError {
  return problem('PV0005', `the journal ${path} cannot be written: ${(error as Error).message}`, {
    help: 'run provision in a folder that you may write to, on a disk with room',
  });
}
