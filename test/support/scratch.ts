import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder = '';

/** Whatever tests leave in the folder for temporary files goes when they have ended. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'provision-tests-'));
  process.env.TMPDIR = folder;
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
