import type { Diagnostic } from '../core/diagnostic.ts';
import type { Emit, StepSent } from '../core/event.ts';
import type { RunMade } from '../core/journal-line.ts';
import type { Secrets } from '../core/secret.ts';
import type { Inventory } from '../load/inventory.ts';
import type { Playbook } from '../load/playbook.ts';
import type { VariableLayer } from '../load/variables.ts';
import type { AnyModule } from '../modules/module.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import type { Override } from './arguments.ts';
import type { Passwords } from './connection-settings.ts';
import type { EarlierRun } from './earlier-run.ts';

/** Asks the user something; `undefined`: there is nobody to ask. */
export type Ask = (question: Question) => Promise<string | undefined>;

export interface Question {
  readonly text: string;
  /** What is typed is not shown. */
  readonly hidden: boolean;
}

/** A run that this one goes on with. */
export interface Resumed {
  readonly earlier: EarlierRun;
  /** Commands that nobody saw the end of, and that the user says are done. */
  readonly asDone: ReadonlySet<StepSent>;
}

/** Everything a run is made of. */
export interface RunRequest {
  readonly playbooks: readonly Playbook[];
  readonly inventory: Inventory;
  readonly extra: readonly VariableLayer[];
  /** What is doubtful in the files, told at the start. */
  readonly warnings?: readonly Diagnostic[];
  /** Answers to `vars_prompt`. */
  readonly prompted: readonly VariableLayer[];
  readonly modules: (name: string) => AnyModule | undefined;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly overrides?: readonly Override[];
  /** Name or glob of the task to begin at. */
  readonly startAt?: string;
  readonly check: boolean;
  readonly diff: boolean;
  /** How many hosts are worked on at once. */
  readonly forks: number;
  /** How many tasks of a host may be under way at once; left out, 64, or 1 where the host is this machine. */
  readonly readAhead?: number;
  /** `typed`: what stands for a yes, where that is not enough. */
  readonly confirm: (question: string, typed?: string) => Promise<boolean>;
  /** Left out: there is nobody. */
  readonly ask?: Ask;
  /** `--step`: whether to run a task on a host. */
  readonly step?: (task: string, host: string) => Promise<boolean>;
  readonly emit: Emit;
  readonly secrets: Secrets;
  readonly knownHosts: KnownHosts;
  /** Where journals are kept; left out, none is. */
  readonly journalFolder?: string;
  /** How the run was started; left out, it cannot be resumed. */
  readonly made?: RunMade;
  readonly resumed?: Resumed;
  /** Where it is kept what hosts owe to handlers; left out, it is not. */
  readonly debtFolder?: string;
  /** Where transcripts of installations are kept; left out, none is. */
  readonly transcriptFolder?: string;
  /** Where each host keeps its run lock; left out, where every run looks for it. */
  readonly lockFolder?: (host: string) => string;
  readonly passwords: Passwords;
  readonly signal: AbortSignal;
}
