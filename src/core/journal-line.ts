import type { Diagnostic } from './diagnostic.ts';
import type { StepSent, TaskPlace } from './event.ts';
import type { Status } from './outcome.ts';
import type { StateLine } from './thing.ts';

/** How a run was started: what going on with it needs besides what has been done. */
export interface RunMade {
  readonly event: 'run.made';
  /** Of these lines; a run that kept others cannot be resumed. */
  readonly format: 1;
  /** The command line, without what is secret in it. */
  readonly words: readonly string[];
  /** Names of `--extra-vars` that are left out of it. */
  readonly withheld: readonly string[];
  /** Answers to prompts that are not private. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** The user's files by what they were: SHA-256 in hex. */
  readonly files: Readonly<Record<string, string>>;
  /** The run that this one goes on with. */
  readonly resumes?: string;
}

/** A template that was rendered. */
interface FileRead {
  readonly event: 'file.read';
  readonly file: string;
  readonly sha256: string;
}

/** Hosts begin a play together. */
interface BatchStart {
  readonly event: 'batch.start';
  /** Its number among the plays of the run, from 0. */
  readonly play: number;
  readonly hosts: readonly string[];
  /** Handlers that hosts owe from an earlier run. */
  readonly owed: Readonly<Record<string, readonly string[]>>;
}

/** Their tasks are through, handlers begin; or `meta: end_play` was met. */
interface BatchTurn {
  readonly event: 'batch.handlers' | 'batch.ended';
}

interface FactsRead {
  readonly event: 'facts.read';
  readonly host: string;
  readonly facts: unknown;
}

/** What the user has answered: yes to the question of a task, or no to `--step`. */
type StepAnswered =
  | ({ readonly event: 'step.confirmed'; readonly question: string } & TaskPlace)
  | ({ readonly event: 'task.declined' } & TaskPlace);

/**
 * What came of a task, or of one item of its loop, where a step was sent or its `task.end` does not tell all. Written right
 * before that.
 */
export interface TaskKept extends TaskPlace {
  readonly event: 'task.kept';
  /** Its number in the play, and which pass through the loops around it. */
  readonly number: number;
  readonly pass?: string;
  /** Number of the item, and a digest of it. */
  readonly item?: number;
  readonly of?: string;
  readonly status: Status;
  /** As a module gave it, where it is registered. */
  readonly result?: object;
  /** Of an action that gives variables or hosts. */
  readonly args?: Readonly<Record<string, unknown>>;
  readonly failure?: Pick<Diagnostic, 'code' | 'message'>;
  /** It was run on this host for all. */
  readonly once?: true;
  /** Result, arguments and failure hold a secret, and are left out. */
  readonly withheld?: true;
}

/** A task that ended in the run that is resumed, and was taken over from it. */
export interface TaskRecalled extends TaskPlace {
  readonly event: 'task.recalled';
  readonly status: Status;
}

/** Lines of the journal that no screen gets. */
export type JournalLine =
  | StepSent
  | RunMade
  | FileRead
  | BatchStart
  | BatchTurn
  | FactsRead
  | StepAnswered
  | TaskKept
  | TaskRecalled
  | StateLine;

const kinds: Readonly<Record<JournalLine['event'], true>> = {
  'step.sent': true,
  'run.made': true,
  'file.read': true,
  'batch.start': true,
  'batch.handlers': true,
  'batch.ended': true,
  'facts.read': true,
  'step.confirmed': true,
  'task.declined': true,
  'task.kept': true,
  'task.recalled': true,
  'state.before': true,
  'state.after': true,
};

export function isOfJournalAlone(event: unknown): boolean {
  return typeof event === 'string' && Object.hasOwn(kinds, event);
}
