import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Stat } from '../core/plan.ts';
import type { Thing, ThingState } from '../core/thing.ts';

export const pathKind = 'file.restore';

/** What was seen at a path. */
export interface SeenEntry {
  readonly stat?: Stat;
  /** SHA-256 in hex, of a regular file. */
  readonly digest?: string;
  readonly text?: string;
}

/** A path as something that an undo can put back; `forAll`: its text is no secret, whoever may read the file. */
export function pathThing(path: string, entry: SeenEntry | undefined, forAll = false): Thing {
  const thing = { kind: pathKind, name: path };
  const { stat, digest, text } = entry ?? {};
  if (!stat) return { ...thing, state: null };
  const state = stateOf(stat, digest);
  if (stat.kind === 'directory' || stat.kind === 'link') return { ...thing, state };
  const lost = whyLost(stat, text, forAll);
  return lost === undefined && text !== undefined
    ? { ...thing, state, content: text }
    : { ...thing, state, ...(lost !== undefined && { lost }) };
}

/** The same of a file whose text was read and its digest not. */
export function textThing(path: string, { stat, text }: SeenEntry, forAll = false): Thing {
  const digest = text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
  return pathThing(
    path,
    { ...(stat && { stat }), ...(text !== undefined && { text }), ...(digest && { digest }) },
    forAll,
  );
}

/** Directories above a path that are missing and will be made with it, or were. */
export function parentThings(path: string, missing: readonly string[] | undefined): readonly Thing[] {
  if (missing) return missing.map((parent) => ({ kind: pathKind, name: parent, state: null }));
  return parentsOf(path).map((parent) => ({ kind: pathKind, name: parent, state: { kind: 'directory' } }));
}

/** All but the root, the uppermost first. */
export function parentsOf(path: string): readonly string[] {
  const parent = posix.dirname(path);
  return parent === '/' || parent === '.' ? [] : [...parentsOf(parent), parent];
}

function stateOf({ kind, mode, owner, group, target }: Stat, digest: string | undefined): ThingState {
  if (kind === 'link') return { kind, target: target ?? '' };
  return { kind, mode, owner, group, ...(digest !== undefined && { digest }) };
}

/** Longer texts are not read. */
const mostKept = 64 * 1024;

function whyLost({ kind, mode, size }: Stat, text: string | undefined, forAll: boolean): string | undefined {
  if (kind === 'other') return 'it is neither file nor directory';
  if (!forAll && (Number.parseInt(mode, 8) & 0o004) === 0) return 'not everybody may read it';
  if (size > mostKept) return `it is longer than ${mostKept / 1024} KiB`;
  // Left out where it stays as it is.
  if (text === undefined) return undefined;
  return text.includes('\0') || text.includes('\uFFFD') ? 'it is not UTF-8 text' : undefined;
}
