import { problem } from '../core/diagnostic.ts';
import type { Step } from '../core/plan.ts';
import type { Thing } from '../core/thing.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Restorer, SeenThing } from '../modules/restorer.ts';
import { findRestorer } from '../modules/restorers.ts';
import { args, Type } from '../schema/schema.ts';
import { type Change, isLike } from './changes.ts';

/** What is to become of a change. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'back'; readonly steps: readonly Step[] }
  /** Somebody has changed it since, or nobody knows how the run left it. */
  | { readonly kind: 'changed'; readonly why: string }
  | { readonly kind: 'impossible'; readonly why: string };

/** Compares a thing with what it was and with what the run left. */
export function judgeChange(change: Change, seen: SeenThing, overwrite: boolean): Verdict {
  const { was } = change;
  const now = seen.thing;
  if (isLike(now.state, was.state)) return { kind: 'done' };
  const restorer = restorerOf(was);
  if (was.content === undefined && restorer.takesContent(was, now)) {
    return { kind: 'impossible', why: `how it was is not kept: ${was.lost ?? 'the run did not read it'}` };
  }
  const hindrance = seen.hindrance?.(was);
  if (hindrance !== undefined) return { kind: 'impossible', why: hindrance };
  if (!overwrite && change.left === undefined)
    return { kind: 'changed', why: 'the run ended before it told how it left it' };
  if (!overwrite && !isLike(now.state, change.left ?? null)) return { kind: 'changed', why: 'it was changed since' };
  const steps = restorer.plan(was, now);
  return { kind: 'back', steps: was.lost === undefined ? steps : steps.map(withoutTexts) };
}

export function restorerOf({ kind }: Thing): Restorer {
  const restorer = findRestorer(kind);
  if (restorer) return restorer;
  throw problem('PV5701', `the journal names a kind of thing that this version does not know: ${kind}`);
}

/** The same change, named by its number, as the work of a module. */
export function puttingBack(
  kind: Restorer['kind'],
  changes: readonly Change[],
  overwrites: (change: Change) => boolean,
): AnyModule {
  const changeAt = (item: number): Change => {
    const change = changes[item];
    if (change) return change;
    throw problem('PV9001', `there is no change ${item} to put back`);
  };
  return {
    name: kind,
    description: 'Puts back what a run changed.',
    args: args({ item: Type.Integer({ description: 'number of the change' }) }),
    examples: [],
    read: ({ item }, look) => restorerOf(changeAt(item).was).read(changeAt(item).was.name, look),
    plan: ({ item }, seen) => stepsOf(changeAt(item), judgeChange(changeAt(item), seen, overwrites(changeAt(item)))),
    things: ({ item }, seen) => [closed(changeAt(item).was, seen.thing)],
  };
}

function stepsOf({ was }: Change, verdict: Verdict): readonly Step[] {
  switch (verdict.kind) {
    case 'done':
      return [];
    case 'back':
      return verdict.steps;
    case 'changed':
    case 'impossible':
      throw problem('PV5702', `${was.name} cannot be put back: ${verdict.why}`);
    default:
      return verdict satisfies never;
  }
}

/** What was no one's business then is none now. */
function closed({ lost }: Thing, now: Thing): Thing {
  if (lost === undefined) return now;
  const { content: _content, ...rest } = now;
  return { ...rest, lost };
}

function withoutTexts({ before: _before, after: _after, ...step }: Step): Step {
  return step;
}
