import type { Look, Step } from '../core/plan.ts';
import type { Thing } from '../core/thing.ts';

/** A thing as it is now. */
export interface SeenThing {
  readonly thing: Thing;
  /** Why it cannot be made what it was: guests use it. */
  readonly hindrance?: (was: Thing) => string | undefined;
  /** Names of things of its kind without which it cannot go: what is in a directory. */
  readonly holds?: readonly string[];
}

/** Makes things of one kind again what they were; reads and plans as a module does. */
export interface Restorer {
  readonly kind: `${string}.${string}`;
  /** What people call it: `network nat`. */
  called(name: string): string;
  read(name: string, look: Look): Promise<SeenThing>;
  /** Whether it takes the text that was kept to get from what is now to what was. */
  takesContent(was: Thing, now: Thing): boolean;
  /** Only for what differs; the content that it takes is there. */
  plan(was: Thing, now: Thing): readonly Step[];
}
