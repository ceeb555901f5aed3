import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, type ProvisionError, problem } from '../core/diagnostic.ts';
import type { Emit, StepSent } from '../core/event.ts';
import { eventJson } from '../core/event-json.ts';
import type { JournalLine } from '../core/journal-line.ts';

/**
 * Names a run so that runs sort by their start: `20261121T224005Z-3fa9`, the last four digits the 65536ths of the second,
 * within their millisecond by chance.
 */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const fraction = Math.floor(((now.getUTCMilliseconds() + Math.random()) / 1000) * 0x10000);
  return `${stamp}-${fraction.toString(16).padStart(4, '0')}`;
}

export interface Journal {
  readonly emit: Emit;
  /** Keeps this for the next flush, which whoever sends it sees to. */
  readonly sent: (line: StepSent) => void;
  /** Keeps a line that is told to nobody; it is written before the next step leaves. */
  readonly note: (line: JournalLine) => void;
  /** Writes what is kept back; whatever was told before is on its way to the disk when it returns. */
  flush(): void;
  close(): void;
}

/**
 * Keeps every event of a run in `FOLDER/RUN.ndjson`: steps before they leave, with all that was told before; events between
 * together, at the end of the turn of the event loop that told them. A disk that fills up meanwhile stops no run:
 * `onLoss` is told, once.
 * @throws ProvisionError PV0005 where it cannot be begun
 */
export function openJournal(folder: string, run: string, onLoss: (diagnostic: Diagnostic) => void): Journal {
  const path = join(folder, `${run}.ndjson`);
  const file = openFile(folder, path);
  let kept = '';
  let lost = false;
  const flush = (): void => {
    const text = kept;
    kept = '';
    if (lost || text === '') return;
    try {
      appendFileSync(file, text);
    } catch (error) {
      lost = true;
      onLoss(notWritten(path, error).diagnostics[0]);
    }
  };
  const add = (json: string): void => {
    if (kept === '') setImmediate(flush);
    kept += `${json}\n`;
    if (kept.length > most) flush();
  };
  process.on('exit', flush);
  return {
    emit: (event) => add(eventJson(event)),
    note: (line) => add(JSON.stringify(line)),
    sent: (line) => {
      kept += `${JSON.stringify(line)}\n`;
    },
    flush,
    close: () => {
      flush();
      process.off('exit', flush);
      closeSync(file);
    },
  };
}

/** Characters kept back at most. */
const most = 65_536;

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
