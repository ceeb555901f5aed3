import { emptyTally, type Tally } from '../core/outcome.ts';
import type { Play, Task } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Scope } from '../render/scope.ts';
import type { ArgumentContext } from './arguments.ts';
import type { Machine } from './machine.ts';
import type { Outcome, TaskContext } from './task.ts';

/** What one host carries through a run: results, what it owes to handlers, how its tasks ended. */
export interface HostState {
  readonly name: string;
  /** Registered results; never evaluated again. */
  readonly data: Record<string, unknown>;
  readonly tally: Tally;
  /** Set when the host drops out of the run. */
  ended?: 'failed' | 'unreachable';
  /** Check mode: something would have changed, so what cannot be read now may be readable later. */
  pending: boolean;
  readonly notified: Set<string>;
}

export function newHostState(name: string): HostState {
  return { name, data: {}, tally: emptyTally(), pending: false, notified: new Set() };
}

/** What the tasks of a play need from the run they are part of. */
export interface PlayContext extends TaskContext {
  readonly play: Play;
  readonly diff: boolean;
  readonly module: (name: string) => AnyModule | undefined;
  readonly scope: (host: HostState, task: Task, item?: { readonly item: unknown }) => Scope;
  readonly machine: (name: string) => Machine;
  readonly identity: (task: Task, play: Play, machine: string) => { readonly user: string } | undefined;
  readonly arguments: ArgumentContext;
  /** How many tasks of a host may be under way at once; 1: each looks only when the one before has ended. */
  readonly readAhead: (host: string) => number;
  /** How a host named by `delegate_to` stands; `undefined` while it is well. */
  readonly ended: (host: string) => 'failed' | 'unreachable' | undefined;
  /** Tasks with `run_once`, and what came of them on the host that got there first. */
  readonly once: Map<Task, { readonly host: string; readonly outcome: Promise<Outcome> }>;
}
