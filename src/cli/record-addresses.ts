import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { problem } from '../core/diagnostic.ts';
import type { AddressPlan } from '../load/address-plan.ts';
import { type RecordChanges, withChanges } from '../load/record-changes.ts';

const mostTold = 10;

/**
 * Writes down which guests got an address and whose are free again, and tells it.
 * @throws ProvisionError PV2023 where that cannot be done
 */
export function recordAddresses({ recorded, changes }: AddressPlan, tell: (line: string) => unknown): void {
  const lines = linesOf(changes);
  if (lines.length === 0) return;
  replaceFile(recorded.file, { before: recorded.text, after: withChanges(recorded.text, changes) });
  for (const line of lines.slice(0, mostTold)) tell(`${recorded.file}: ${line}`);
  if (lines.length > mostTold) tell(`${recorded.file}: and ${lines.length - mostTold} more`);
}

function linesOf({ added, released }: RecordChanges): readonly string[] {
  return [
    ...released.map(({ guest, ip, why }) => `released ${ip} of ${guest}: ${why}`),
    ...added.map(({ guest, ip, network }) => `recorded ${ip} for ${guest} (${network})`),
  ];
}

/** Whoever creates the new file first may write; so two runs at once never lose an address of each other. */
function replaceFile(name: string, { before, after }: { before: string | undefined; after: string }): void {
  const file = attempt(name, () => realpathOf(name));
  const draft = `${file}.new`;
  const descriptor = attempt(name, () => openSync(draft, 'wx', 0o644));
  try {
    attempt(name, () => {
      const known = statSync(file, { throwIfNoEntry: false });
      if (known) fchmodSync(descriptor, known.mode & 0o777);
      writeFileSync(descriptor, after);
      fsyncSync(descriptor);
    });
    if (textOf(file) !== before) {
      throw problem('PV2023', `${name} was changed since it was read`, { help: 'run it again' });
    }
    attempt(name, () => renameSync(draft, file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function attempt<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const help =
      code === 'EEXIST'
        ? `another run is writing it just now; if there is none, remove ${name}.new`
        : 'make its folder one that you may write to, on a disk with room';
    throw problem('PV2023', `${name} cannot be written: ${message}`, { help });
  }
}

/** Also where the file is a link to one kept elsewhere. */
function realpathOf(name: string): string {
  return textOf(name) === undefined ? name : realpathSync(name);
}

function textOf(file: string): string | undefined {
  return statSync(file, { throwIfNoEntry: false }) ? new TextDecoder().decode(readFileSync(file)) : undefined;
}
