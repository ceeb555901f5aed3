import type { Look, Step } from '../core/plan.ts';
import type { Thing } from '../core/thing.ts';
import type { ArgsSchema, Infer } from '../schema/schema.ts';

/** A module reads the present and plans steps; it is never given anything that can change a host. */
export interface Module<Args extends ArgsSchema, State> {
  /** Equals its path: `libvirt.volume` is `modules/libvirt/volume.ts`. */
  readonly name: `${string}.${string}`;
  /** One sentence for the reference. */
  readonly description: string;
  readonly args: Args;
  /** What is there now; `undefined` when it is proved absent. */
  read(args: Infer<Args>, look: Look): Promise<State | undefined>;
  /** Pure and synchronous; no steps: nothing to do. Throws a diagnostic to refuse. */
  plan(args: Infer<Args>, current: State | undefined): readonly Step[];
  /** What `register` sees beyond the common fields. */
  result?(args: Infer<Args>, current: State | undefined): object;
  /**
   * What the task is about, as it is: before and after a change the same things by kind and name, those too that are
   * not there. An undo puts back what differs. Left out: nothing of what it does can be put back.
   */
  things?(args: Infer<Args>, current: State | undefined): readonly Thing[];
  /** What stays as it is and should be known: labelled sentences without a full stop, `restart: memory is 4 GiB, not 8 GiB`. */
  notes?(args: Infer<Args>, current: State | undefined): readonly string[];
  /** Why what it does stays, whatever is undone: `packages stay as they are`. */
  readonly lasting?: string;
  /** YAML of a task's argument, validated by a test and printed in the reference. */
  readonly examples: readonly string[];
}

/** The registry holds modules of every argument and state type; each is checked where it is defined. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where the types of all modules meet
export type AnyModule = Module<any, any>;

export function defineModule<const Args extends ArgsSchema, State>(module: Module<Args, State>): Module<Args, State> {
  return module;
}
