import { relative, resolve } from 'node:path';

/** A path as the user would write it: from where they stand, when it lies below. */
export function knownAs(path: string): string {
  const shorter = relative(process.cwd(), resolve(path));
  return shorter.startsWith('..') ? resolve(path) : shorter || '.';
}
