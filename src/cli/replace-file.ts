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
import type { Code } from '../core/codes.ts';
import { problem } from '../core/diagnostic.ts';

export interface Replacement {
  /** What the file held when it was read; `undefined`: it was not there. */
  readonly before: string | undefined;
  readonly after: string;
  /** Of the diagnostic where it cannot be done. */
  readonly code: Code;
}

/**
 * Puts a new text in the place of a file, whole. Whoever creates the new file first may write; so two runs at once never
 * lose what the other wrote.
 * @throws ProvisionError where it cannot be written, or was changed since it was read
 */
export function replaceFile(name: string, { before, after, code }: Replacement): void {
  const attempt = <T>(work: () => T): T => orRefuse(work, name, code);
  const file = attempt(() => realpathOf(name));
  const draft = `${file}.new`;
  const descriptor = attempt(() => openSync(draft, 'wx', 0o644));
  try {
    attempt(() => {
      const known = statSync(file, { throwIfNoEntry: false });
      if (known) fchmodSync(descriptor, known.mode & 0o777);
      writeFileSync(descriptor, after);
      fsyncSync(descriptor);
    });
    if (textOf(file) !== before) {
      throw problem(code, `${name} was changed since it was read`, { help: 'run it again' });
    }
    attempt(() => renameSync(draft, file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function orRefuse<T>(work: () => T, name: string, why: Code): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const help =
      code === 'EEXIST'
        ? `another run is writing it just now; if there is none, remove ${name}.new`
        : 'make its folder one that you may write to, on a disk with room';
    throw problem(why, `${name} cannot be written: ${message}`, { help });
  }
}

/** Also where the file is a link to one kept elsewhere. */
function realpathOf(name: string): string {
  return textOf(name) === undefined ? name : realpathSync(name);
}

function textOf(file: string): string | undefined {
  return statSync(file, { throwIfNoEntry: false }) ? new TextDecoder().decode(readFileSync(file)) : undefined;
}
