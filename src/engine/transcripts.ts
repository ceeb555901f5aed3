import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, problem } from '../core/diagnostic.ts';
import type { Keep, Pace } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import type { Transcript } from '../transport/perform.ts';

/** Of each guest, and of each kind. */
const transcriptsKept = 5;
const pacesKept = 5;
/** A console that breaks no line is written in pieces. */
const longestHeld = 65_536;

export interface TranscriptStore {
  readonly folder: string;
  readonly secrets: Secrets;
  /** Told once about a disk that takes no more: that stops no installation. */
  readonly onLoss: (diagnostic: Diagnostic) => void;
}

/**
 * Keeps in `FOLDER/NAME-BEGAN.log` what the log of an installation says, and in `FOLDER/KIND.json` how long those of its
 * kind took. A run that comes to an installation under way reads its log from the beginning, and so writes it anew.
 */
export function transcriber({ folder, secrets, onLoss }: TranscriptStore): (keep: Keep) => Transcript {
  let lost = false;
  const attempt = (path: string, work: () => void): void => {
    try {
      if (!lost) work();
    } catch (error) {
      lost = true;
      onLoss(notKept(path, error));
    }
  };
  return ({ name, began, kind }) => {
    const path = join(folder, `${name}-${began.replaceAll(/[^\dTZ]/g, '')}.log`);
    const paces = join(folder, `${kind}.json`);
    const earlier = readPaces(paces);
    let held = '';
    const append = (text: string): void => attempt(path, () => appendFileSync(path, secrets.mask(text)));
    attempt(path, () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path, '', { mode: 0o600 });
      dropOlder(folder, name);
    });
    return {
      ...{ path, earlier },
      add(text) {
        held += text;
        // Whole lines only: half a secret would not be known as one.
        const end = held.length > longestHeld ? held.length : held.lastIndexOf('\n') + 1;
        if (end > 0) append(held.slice(0, end));
        held = held.slice(end);
      },
      learn: (pace) => attempt(paces, () => writePaces(paces, [...readPaces(paces), pace].slice(-pacesKept))),
      close: () => append(held),
    };
  };
}

function readPaces(path: string): readonly Pace[] {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(read) ? read.filter(isPace) : [];
  } catch {
    // None yet, or a file that somebody cut short: an estimate is not worth a failure.
    return [];
  }
}

function isPace(value: unknown): value is Pace {
  if (typeof value !== 'object' || value === null) return false;
  const { total, milestones } = value as Partial<Pace>;
  return typeof total === 'number' && Array.isArray(milestones);
}

function writePaces(path: string, paces: readonly Pace[]): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(paces)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function dropOlder(folder: string, name: string): void {
  const own = readdirSync(folder).filter(
    (file) => file.startsWith(`${name}-`) && /^-[\dTZ]*\.log$/.test(file.slice(name.length)),
  );
  for (const file of own.toSorted().slice(0, -transcriptsKept)) rmSync(join(folder, file), { force: true });
}

function notKept(path: string, error: unknown): Diagnostic {
  return problem('PV0005', `the transcript ${path} cannot be written: ${(error as Error).message}`, {
    help: 'the installation goes on without it',
  }).diagnostics[0];
}
