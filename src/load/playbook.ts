import { dirname, resolve } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path, SourceText, Span } from '../core/source.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { actions } from './actions.ts';
import type { Inherited } from './inherited.ts';
import { readPlays } from './play-list.ts';
import { readSource } from './read-source.ts';
import type { Setting } from './setting.ts';
import type { VariableLayer } from './variables.ts';
import { parseYaml } from './yaml.ts';

/** A file of plays. */
export interface Playbook {
  /** Path as the user gave it. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Those of imported playbooks included. */
  readonly plays: readonly Play[];
}

/** What to do on some hosts. */
export interface Play {
  readonly name: string;
  /** A pattern for `selectHosts`. */
  readonly hosts: string;
  readonly order: Order;
  /** How many hosts go through it together, batch after batch; the last is repeated; empty: all. */
  readonly serial: readonly (number | string)[];
  /** When more hosts of a batch than this have failed, all stop. */
  readonly maxFailPercentage?: number;
  readonly forceHandlers: boolean;
  readonly vars: VariableLayer;
  readonly varsFiles: readonly VariableLayer[];
  readonly varsPrompt: readonly VarPrompt[];
  readonly tags: readonly string[];
  /** What is done, as it is written: pre_tasks, roles, tasks, post_tasks. */
  readonly sections: readonly (readonly Item[])[];
  /** Every task in `sections`, in the order in which they are written. */
  readonly tasks: readonly Task[];
  /** Every block in `sections`. */
  readonly blocks: readonly Block[];
  /** Those of its roles included. */
  readonly handlers: readonly Task[];
  /** The one it stands in, which may be imported by another. */
  readonly playbook: Playbook;
  /** Where the play's `hosts` stand. */
  readonly at: Span;
}

export type Order = 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';

/** A variable that is asked for when the run starts. */
export interface VarPrompt {
  readonly name: string;
  readonly prompt: string;
  /** Not shown while it is typed, and masked everywhere. */
  readonly private: boolean;
  readonly default?: unknown;
  readonly at: Span;
}

/** An expression, or several that must all hold. */
export type Condition = string | boolean | readonly (string | boolean)[];

export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar?: string;
  /** Raw: may hold `<%= %>`. */
  readonly label?: string;
  /** Seconds. */
  readonly pause: Setting<number>;
  readonly parallel: Setting<number>;
}

export type Item = Task | Block;

/** What tasks and blocks have in common. */
export interface Statement extends Inherited {
  readonly name: string;
  /** What a task names, and for a block how it came about: `block`, `include`. */
  readonly module: string;
  readonly when?: Condition;
  readonly loop?: unknown;
  readonly loopControl: LoopControl;
  /** Its own `vars`; `layers` has them and those around. */
  readonly vars: VariableLayer;
  readonly register?: string;
  readonly within?: Block;
  readonly document: Located;
  /** Of this statement in `document`: `document.locate([...path, 'when'])`. */
  readonly path: Path;
}

/** Tasks that share keywords: a `block`, an `include`, a role. */
export interface Block extends Statement {
  readonly items: readonly Item[];
  /** Run when one of `items` failed. */
  readonly rescue: readonly Item[];
  /** Run after all. */
  readonly always: readonly Item[];
}

/** One module with its arguments, and when and how it runs. */
export interface Task extends Statement {
  /** Falls back to the module's name. */
  readonly name: string;
  /** Raw: may hold `<%= %>`. */
  readonly args: unknown;
  readonly changedWhen?: Condition;
  readonly failedWhen?: Condition;
  readonly until?: Condition;
  /** It is tried again until it succeeds, or `until` holds. */
  readonly again: boolean;
  /** How many times more it is tried. */
  readonly retries: Setting<number>;
  /** Seconds between the first two tries. */
  readonly delay: Setting<number>;
  /** What the wait grows by from try to try. */
  readonly backoff: Setting<number>;
  /** Further names a handler answers to. */
  readonly listen: readonly string[];
}

/** Reads a playbook; every mistake in it goes to `problems`. `undefined` when there is nothing to go on with. */
export function loadPlaybook(file: string, modules: readonly ModuleSchema[], problems: Problems): Playbook | undefined {
  const source = readSource(file, problems, {
    help: 'provision PLAYBOOK, a file such as playbooks/shared-guest.yml',
  });
  return source && readPlaybook(source, modules, problems);
}

/** The same of a text, whether or not there is a file of its name. */
export function readPlaybook(
  source: SourceText,
  modules: readonly ModuleSchema[],
  problems: Problems,
): Playbook | undefined {
  const document = parseYaml(source, problems);
  if (!document) return undefined;
  const plays: Play[] = [];
  const playbook: Playbook = { name: source.name, folder: dirname(resolve(source.name)), plays };
  const all = new Map([...modules, ...actions].map((module) => [module.name, module]));
  const read = readPlays({ document, playbook, modules: all, problems, imports: [] });
  if (!read) return undefined;
  plays.push(...read);
  return playbook;
}
