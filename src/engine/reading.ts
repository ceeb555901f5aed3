import type { SeenBefore } from '../core/plan.ts';
import { canConfirm } from '../transport/still-so.ts';
import { assume } from './assume.ts';
import type { Hold } from './hold.ts';
import type { Assignment } from './task.ts';
import type { View } from './view.ts';

/** What a module has read, and through which looks. */
export interface Reading {
  readonly hold: Hold;
  readonly view: View;
  readonly state: unknown;
  /** What was taken for granted: the host is to confirm it before anything is built upon it. */
  readonly unconfirmed: readonly SeenBefore[];
}

export async function read(assignment: Assignment): Promise<Reading> {
  const hold = await assignment.machine.hold(assignment.as);
  return readThrough(hold.memory.view(), assignment, hold);
}

/** What was read ahead, as it is now: looked at again only where something was done that may have changed it. */
export async function readNow(assignment: Assignment, ahead: Promise<Reading> | undefined): Promise<Reading> {
  const reading = await ahead?.catch(() => undefined);
  if (!reading) return read(assignment);
  const updated = await update(reading, assignment).catch(() => undefined);
  return updated ?? read(assignment);
}

async function update({ hold, view, ...rest }: Reading, assignment: Assignment): Promise<Reading | undefined> {
  const glances = await Promise.all(
    view.glances
      .map((glance) => hold.memory.latest(glance))
      .map(async (glance) => ({ glance, deeds: await hold.memory.since(glance) })),
  );
  if (glances.every(({ deeds }) => deeds.length === 0)) return { hold, view, ...rest };
  const assumed = hold.memory.view();
  const unconfirmed: SeenBefore[] = [];
  for (const { glance, deeds } of glances) {
    const seen = await glance.answer;
    const now = deeds.length === 0 ? { answer: seen, likely: false } : assume(glance, seen, deeds);
    const known = now && { call: glance.call, answer: now.answer };
    if (known === undefined || (now?.likely && !canConfirm(known))) return undefined;
    assumed.foretell(glance, known.answer);
    if (now?.likely) unconfirmed.push(known);
  }
  return readThrough(assumed, assignment, hold, unconfirmed);
}

async function readThrough(
  view: View,
  { module, args }: Assignment,
  hold: Hold,
  unconfirmed: readonly SeenBefore[] = [],
): Promise<Reading> {
  return { hold, view, state: await module.read(args, view.eyes), unconfirmed };
}
