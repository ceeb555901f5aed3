import type { StateLine, Thing, ThingState } from '../core/thing.ts';

/** All that a run did to one thing on one machine. */
export interface Change {
  readonly on: string;
  readonly as?: string;
  /** The task that changed it first. */
  readonly task: string;
  readonly was: Thing;
  /** How the run left it; left out: it ended before that was seen. */
  readonly left?: ThingState | null;
  /** Done to it on every run. */
  readonly again?: Thing['again'];
}

/** What a run changed, the newest first; each thing once, from how the run found it to how it left it. */
export function changesIn(lines: readonly StateLine[]): readonly Change[] {
  const ends = new Map(lines.filter(({ event }) => event === 'state.after').map((line) => [line.change, line]));
  const begun = new Map(lines.filter(({ event }) => event === 'state.before').map((line) => [line.change, line]));
  const changes = new Map<string, Change>();
  for (const [number, line] of [...begun].sort(([one], [other]) => one - other)) {
    for (const thing of line.things) {
      const key = JSON.stringify([line.on, thing.kind, thing.name]);
      const end = ends.get(number)?.things.find(({ kind, name }) => kind === thing.kind && name === thing.name);
      changes.set(key, merged(changes.get(key), { line, thing, end }));
    }
  }
  return [...changes.values()].filter((change) => change.again || !isSame(change.was.state, change.left)).reverse();
}

interface Happening {
  readonly line: StateLine;
  readonly thing: Thing;
  readonly end: Thing | undefined;
}

/** What one of the changes kept quiet about stays so: what is there now may be secret. */
function merged(known: Change | undefined, { line, thing, end }: Happening): Change {
  const { again = known?.again, ...was } = thing;
  const left = end ? end.state : known?.left;
  return {
    on: line.on,
    ...(line.as !== undefined && { as: line.as }),
    task: known?.task ?? line.task,
    was: known ? { ...known.was, ...(was.lost !== undefined && { lost: was.lost }) } : was,
    ...(left !== undefined && { left }),
    ...(again && { again }),
  };
}

function isSame(one: ThingState | null | undefined, other: ThingState | null | undefined): boolean {
  if (!one || !other) return one === other;
  return Object.keys({ ...one, ...other }).every((key) => one[key] === other[key]);
}

/** Whether something is so, in all that is known of how it is meant to be. */
export function isLike(now: ThingState | null, meant: ThingState | null): boolean {
  if (!meant || !now) return meant === now;
  return Object.entries(meant).every(([key, value]) => now[key] === value);
}
