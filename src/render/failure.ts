import type { Code } from '../core/codes.ts';
import { type DiagnosticDetails, ProvisionError } from '../core/diagnostic.ts';

/** Something that went wrong inside an expression; its place is found from the stack by whoever ran it. */
export class Failure extends Error {
  readonly code: Code;
  readonly details: DiagnosticDetails;
  /** The name that was looked up: V8's stack does not tell its place. */
  readonly lookedUp: string | undefined;

  constructor(code: Code, message: string, details: DiagnosticDetails = {}, lookedUp?: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.details = details;
    this.lookedUp = lookedUp;
  }
}

/** The failure of another expression (a variable's own), passing through the one that used it. */
export class FailureElsewhere extends Error {
  readonly error: ProvisionError;
  readonly lookedUp: string | undefined;

  constructor(error: ProvisionError, lookedUp?: string) {
    super(error.message);
    this.name = 'FailureElsewhere';
    this.error = error;
    this.lookedUp = lookedUp;
  }
}

/** Runs `work`, which may evaluate other expressions, and marks what they throw as not this expression's own. */
export function elsewhere<T>(work: () => T, lookedUp?: string): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ProvisionError ? new FailureElsewhere(error, lookedUp) : error;
  }
}
