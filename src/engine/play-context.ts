import type { JournalLine } from '../core/journal-line.ts';
import { emptyTally, type Tally } from '../core/outcome.ts';
import type { Item, Play, Statement, Task } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Scope } from '../render/scope.ts';
import type { ArgumentContext } from './arguments.ts';
import type { Debts } from './debts.ts';
import type { Failing } from './frame.ts';
import type { GrowingInventory } from './growing-inventory.ts';
import type { Machine } from './machine.ts';
import type { PlayControl } from './play-control.ts';
import type { Replay } from './replay.ts';
import type { Ask, Resumed } from './request.ts';
import type { TaskContext } from './task.ts';
import type { Outcome } from './task-outcome.ts';

/** What one host carries through a run: results, what it owes to handlers, how its tasks ended. */
export interface HostState {
  readonly name: string;
  /** Registered results and facts that were set; never evaluated again. */
  readonly data: Record<string, unknown>;
  readonly tally: Tally;
  /** Set when the host drops out of the run. */
  ended?: 'failed' | 'unreachable';
  /** A failure that a block around the task waits for. */
  failing: Failing | undefined;
  /** It has left the play that runs, but not the run. */
  left: boolean;
  /** Check mode: something would have changed, so what cannot be read now may be readable later. */
  pending: boolean;
  /** Names of handlers that are owed. */
  readonly notified: Set<string>;
  /** Its way through the run that is resumed. */
  readonly replay?: Replay;
}

export function newHostState(name: string, replay?: Replay): HostState {
  return {
    name,
    data: {},
    tally: emptyTally(),
    failing: undefined,
    left: false,
    pending: false,
    notified: new Set(),
    ...(replay && { replay }),
  };
}

/** What came of a task with `run_once` on the host that got there first. */
export interface First {
  readonly host: string;
  readonly outcome: Promise<Outcome>;
}

/** What the tasks of a play need from the run they are part of. */
export interface PlayContext extends Omit<TaskContext, 'sending'> {
  readonly play: Play;
  readonly debts: Debts;
  /** Keeps a line of the journal alone; left out where nobody can go on with the run. */
  readonly note?: (line: JournalLine) => void;
  /** The run that this one goes on with. */
  readonly resumed?: Resumed;
  readonly diff: boolean;
  /** Whether tags and `--start-at-task` choose a task, or one within a block. */
  readonly selects: (item: Item) => boolean;
  readonly control: PlayControl;
  readonly inventory: GrowingInventory;
  readonly ask: Ask;
  /** `--step`: whether to run a task on a host. */
  readonly step?: (task: string, host: string) => Promise<boolean>;
  readonly module: (name: string) => AnyModule | undefined;
  /** `names`: what loops and blocks around give. */
  readonly scope: (host: HostState, statement: Statement, names: Readonly<Record<string, unknown>>) => Scope;
  readonly machine: (name: string) => Machine;
  /** As whom a task acts on a machine; `scope`: for its expressions. */
  readonly identity: (task: Task, machine: string, scope: () => Scope) => { readonly user: string } | undefined;
  readonly arguments: ArgumentContext;
  /** How many tasks of a host may be under way at once; 1: each looks only when the one before has ended. */
  readonly readAhead: (host: string) => number;
  /** How a host named by `delegate_to` stands; `undefined` while it is well. */
  readonly ended: (host: string) => 'failed' | 'unreachable' | undefined;
  /** Tasks with `run_once`, by what tells their passes apart. */
  readonly once: Map<Task, Map<string, First>>;
  /** Waits for what other hosts do, so that they have room to do it. */
  readonly waitApart: <T>(waiting: Promise<T>) => Promise<T>;
  /** Runs a task on as many hosts at once as its `throttle` allows. */
  readonly throttled: <T>(task: Task, limit: number, work: () => Promise<T>) => Promise<T>;
}
