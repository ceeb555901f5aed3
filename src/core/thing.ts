/** What tells whether something is still as it was: few and short values, no secret among them. */
export type ThingState = Readonly<Record<string, string | number | boolean>>;

/** Something on a host that a task is about, as it is at one moment; kept in the journal, for `provision undo`. */
export interface Thing {
  /** Who can make it again what it was: the name of a restorer. */
  readonly kind: string;
  /** Tells it from others of its kind on its host: a path, the name of a unit. */
  readonly name: string;
  /** `null`: it is not there. */
  readonly state: ThingState | null;
  /** The text that it takes to make it so again: of a file, of a definition. */
  readonly content?: string;
  /** Why that text is not kept. */
  readonly lost?: string;
  /** What a task does with it on every run, and what an undo has to do again at its end. */
  readonly again?: 'restarted' | 'reloaded';
}

/** Lines of the journal alone: what a task is about to change, and how it left it. */
export interface StateLine {
  readonly event: 'state.before' | 'state.after';
  readonly host: string;
  readonly play: string;
  readonly task: string;
  readonly module: string;
  /** The machine that it acts on, and as whom where that is not who is logged in. */
  readonly on: string;
  readonly as?: string;
  /** The same for both lines of a change; a task that looked anew before it acted tells `state.before` once more. */
  readonly change: number;
  readonly things: readonly Thing[];
}
