import type { Statement } from '../load/playbook.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { registered } from './registered.ts';
import type { Outcome } from './task-outcome.ts';

/** Where a host is within the blocks of a play. */
export interface Frame {
  /** What loops around call their item, and what failed, for rescue and always. */
  readonly names: Readonly<Record<string, unknown>>;
  /** Tells passes of one task through the loops around it apart. */
  readonly pass: string;
  /** What is shown of the items of the loops around. */
  readonly labels: readonly string[];
  /** The innermost block that waits for a failure. */
  readonly catcher?: Catcher;
}

/** A block that a failure leads to. */
export interface Catcher {
  /** It, or one around it, rescues: the failure is not the end. */
  readonly rescues: boolean;
}

export const outermost: Frame = { names: {}, pass: '', labels: [] };

/** What `failure` tells in rescue and always. */
export interface Failure {
  readonly task: string;
  readonly module: string;
  readonly message: string;
  readonly code: string;
  /** As `register` would have it. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** A failure on its way to the block that waits for it. */
export interface Failing {
  readonly catcher: Catcher;
  readonly failure: Failure;
  /** It ends the run of all hosts, if nothing rescues it. */
  readonly fatal: boolean;
}

export function failureOf(statement: Statement, outcome: Outcome): Failure {
  return {
    task: statement.name,
    module: statement.module,
    message: outcome.message ?? '',
    code: outcome.diagnostic?.code ?? '',
    result: registered(outcome),
  };
}

/** A host has failed: the innermost block that waits for it is told, or else the host drops out. */
export function raise(failing: Omit<Failing, 'catcher'>, host: HostState, frame: Frame, context: PlayContext): void {
  if (frame.catcher) {
    host.failing = { ...failing, catcher: frame.catcher };
    return;
  }
  host.ended = 'failed';
  context.control.lost(host.name, failing.fatal);
}

/** It has no task to do any more, or none until a block takes what failed. */
export function hasStopped(host: HostState): boolean {
  return host.ended !== undefined || host.failing !== undefined || host.left;
}
