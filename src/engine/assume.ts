import { createHash } from 'node:crypto';
import type { LookCall, Stat } from '../core/plan.ts';
import { apart } from './apart.ts';
import { keyOf } from './look-call.ts';
import type { Deed, Glance } from './look-memory.ts';

/** What a look would be answered now, provided that all that was sent to the host since succeeds. */
export interface Assumed {
  readonly answer: unknown;
  /** It is likely, not certain: the host is to confirm it before anything is built upon it. */
  readonly likely: boolean;
}

/**
 * A file that was written since holds what was written. What may have changed by the way, as a folder was made above
 * it or a command of unknown effect was run, most likely did not. `undefined`: it must be looked at again.
 */
export function assume(glance: Glance, seen: unknown, deeds: readonly Deed[]): Assumed | undefined {
  const { call } = glance;
  if (call.kind === 'fetchText') return undefined;
  if (call.kind === 'query') return afterSteps(glance, seen, deeds);
  const [name] = glance.sees.names ?? [];
  let answer = seen;
  let likely = false;
  for (const deed of deeds) {
    if (name !== undefined && deed.touches?.includes(name)) {
      const written = afterWrite(call, answer, deed);
      if (written === undefined) return undefined;
      answer = written.answer;
    } else if (name === undefined || !isWithin(deed.touches, name)) likely = true;
    // What has come has brought the folders above it; those that were there stay as they are, their size aside.
    else if (!isDirectory(call, answer)) {
      const left = deed.leaves?.find((one) => keyOf(one.call) === glance.key);
      if (!left) return undefined;
      answer = left.answer;
      likely = true;
    }
  }
  return { answer, likely };
}

/** A query that says what it sees is answered as before, or as steps say that they leave it. */
function afterSteps({ key, call }: Glance, seen: unknown, deeds: readonly Deed[]): Assumed | undefined {
  if (call.kind !== 'query' || call.options?.sees === undefined) return undefined;
  let answer = seen;
  for (const { touches, leaves = [] } of deeds) {
    const left = leaves.find((one) => keyOf(one.call) === key);
    if (touches !== undefined && !left) return undefined;
    if (left) answer = left.answer;
  }
  return { answer, likely: true };
}

export function isDirectory({ kind }: LookCall, answer: unknown): boolean {
  return kind === 'stat' && (answer as Stat | undefined)?.kind === 'directory';
}

/** Whatever of it is not elsewhere is in that directory. */
export function isWithin(touches: Deed['touches'], directory: string): boolean {
  return touches?.every((one) => one.startsWith(`${directory}/`) || apart([one], [directory])) ?? false;
}

/** The answer after a file was put in place whole. */
function afterWrite(
  call: Extract<LookCall, { readonly path: string }>,
  before: unknown,
  { effect }: Deed,
): { readonly answer: unknown } | undefined {
  if (effect.kind !== 'write' || (typeof effect.content !== 'string' && !(effect.content instanceof Uint8Array))) {
    return undefined;
  }
  const content = Buffer.from(effect.content);
  if (call.kind === 'digest') return { answer: createHash('sha256').update(content).digest('hex') };
  if (call.kind === 'readText') return { answer: content.toString('utf8') };
  const old = before as Stat | undefined;
  const { owner = old?.owner, group = old?.group, mode = old?.mode ?? '0644' } = effect;
  const names = [owner, group];
  // A number may show as a name, and a new file's owner is whoever writes it.
  if ((old !== undefined && old.kind !== 'file') || names.some((one) => one === undefined || /^\d+$/.test(one))) {
    return undefined;
  }
  return { answer: { kind: 'file', mode: mode.padStart(4, '0'), owner, group, size: content.length } };
}
