import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Status } from '../core/outcome.ts';
import type { Outcome } from './task-outcome.ts';

export function isFailure(status: Status): status is 'failed' | 'unreachable' {
  return status === 'failed' || status === 'unreachable';
}

/** The shape every registered result has. */
export function registered({ status, result }: Outcome): Record<string, unknown> {
  return {
    ...result,
    status,
    changed: status === 'changed',
    failed: isFailure(status),
    skipped: status === 'skipped',
  };
}

/** Whether it tells that a host is not reached, rather than what it is like there. */
export function isOfConnection({ code }: Diagnostic): boolean {
  return code.startsWith('PV40');
}

/** A task that went wrong before it could do anything, or whose own condition says so. */
export function failed(diagnostic: Diagnostic): Outcome {
  const status = isOfConnection(diagnostic) ? 'unreachable' : 'failed';
  return { status, message: diagnostic.message, diagnostic, diff: [], result: {} };
}

/** Check mode: what it needs would be there had an earlier change been made. */
export const unknownYet: Outcome = {
  status: 'unknown',
  message: 'depends on a change that check mode did not make',
  diff: [],
  result: {},
};

/** The task's condition does not hold. */
export const skipped: Outcome = { status: 'skipped', diff: [], result: {} };

/** A task that could not even begin: its arguments or conditions are wrong, or not known yet. */
export function refusal(error: unknown, pending: boolean): Outcome {
  if (!(error instanceof ProvisionError)) throw error;
  return pending ? unknownYet : failed(error.diagnostics[0]);
}
