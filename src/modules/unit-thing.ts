import type { Thing, ThingState } from '../core/thing.ts';

export const unitKind = 'systemd.restore';

/** A unit as something that an undo can put back: whether it runs, and whether it starts at boot. */
export function unitThing(unit: string, state: ThingState): Thing {
  return { kind: unitKind, name: /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`, state };
}
