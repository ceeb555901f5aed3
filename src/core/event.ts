import type { Diagnostic } from './diagnostic.ts';
import type { Status, Tally } from './outcome.ts';
import type { Progress, Step } from './plan.ts';

/** Where something happens: one task on one host. */
export interface TaskPlace {
  readonly host: string;
  readonly play: string;
  readonly task: string;
  readonly module: string;
}

/** A file that the task stands in where that is not the playbook: included, or of a role. */
interface Origin {
  readonly from?: string;
}

/** Text before and after a step. */
export interface Difference {
  readonly title: string;
  readonly before?: string;
  readonly after?: string;
}

/** What talking to a host has cost. */
export interface Traffic {
  readonly logins: number;
  readonly channels: number;
  readonly requests: number;
  /** How often something was sent only after an answer had come: requests sent together share one. */
  readonly roundTrips: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What a step is, without what it carries. */
export type StepSummary = Pick<Step, 'title' | 'counts'>;

/** Everything that happens in a run. Screens, the journal, NDJSON and tests subscribe; nothing flows back. */
export type RunEvent =
  | {
      readonly event: 'run.start';
      readonly v: 1;
      readonly run: string;
      readonly playbooks: readonly string[];
      readonly check: boolean;
      /** ISO 8601. */
      readonly at: string;
    }
  | { readonly event: 'play.start'; readonly play: string; readonly hosts: readonly string[] }
  | ({ readonly event: 'task.start' } & Origin & TaskPlace)
  | ({ readonly event: 'task.plan'; readonly steps: readonly StepSummary[] } & TaskPlace)
  | ({ readonly event: 'step.start'; readonly step: string } & TaskPlace)
  | ({ readonly event: 'output'; readonly line: string } & TaskPlace)
  | ({ readonly event: 'progress' } & Progress & TaskPlace)
  | ({ readonly event: 'step.end'; readonly step: string; readonly ms: number } & TaskPlace)
  | ({
      readonly event: 'task.end';
      readonly status: Status;
      readonly ms: number;
      /** Which loop item, where there is a loop. */
      readonly item?: unknown;
      /** What was or would be done, one line. */
      readonly message?: string;
      /** What stays as it is and should be known. */
      readonly notes?: readonly string[];
      /** The code of the failure. */
      readonly code?: string;
      readonly diff?: readonly Difference[];
      readonly diagnostic?: Diagnostic;
      /** The failure does not end the host's run. */
      readonly ignored?: true;
      /** A block around the task rescues: the failure does not end the host's run. */
      readonly rescued?: true;
      /** Last lines of output, where the task failed. */
      readonly output?: readonly string[];
    } & Origin &
      TaskPlace)
  | { readonly event: 'host.end'; readonly host: string; readonly play: string; readonly status: Status }
  | { readonly event: 'diagnostic'; readonly diagnostic: Diagnostic; readonly severity: 'error' | 'warning' }
  | {
      readonly event: 'run.end';
      readonly hosts: Readonly<Record<string, Tally>>;
      /** What talking to each host has cost, until its connection is closed. */
      readonly traffic: Readonly<Record<string, Traffic>>;
      readonly exit: number;
      readonly ms: number;
    };

/** A line of the journal alone: a step is about to leave, perhaps before what is told before it has ended. */
export type StepSent = {
  readonly event: 'step.sent';
  readonly step: string;
  /** Number of the task in its play, which pass through the loops around it, and which item of its own. */
  readonly number: number;
  readonly pass?: string;
  readonly item?: number;
  /** It is no change. */
  readonly counts?: false;
  /** Nothing on the host tells whether it was carried out. */
  readonly unsure?: true;
} & TaskPlace;

export type Emit = (event: RunEvent) => void;

/** A subscriber. `on` is synchronous and must not throw; `close` waits until everything is shown. */
export interface Reporter {
  on(event: RunEvent): void;
  /** Leaves the screen to a question; `resume` takes it back. */
  pause?(): void;
  resume?(): void;
  close(): Promise<void>;
}
