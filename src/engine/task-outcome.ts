import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Difference } from '../core/event.ts';
import type { Status } from '../core/outcome.ts';
import type { Output, Step } from '../core/plan.ts';
import { CommandFailed } from '../transport/command-result.ts';
import { LostConnection } from '../transport/connect.ts';
import { isOfConnection, unknownYet } from './registered.ts';

/** How one task, or one item of its loop, ended. */
export interface Outcome {
  readonly status: Status;
  readonly message?: string;
  readonly diagnostic?: Diagnostic;
  readonly diff: readonly Difference[];
  /** What stays as it is and should be known. */
  readonly notes?: readonly string[];
  /** What `register` keeps besides the status. */
  readonly result: object;
  /** Of an action that gives variables or hosts: what to do again where the run is resumed. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The result may not be written down. */
  readonly secret?: true;
}

/** Lines of a failed task's output that are kept for the screen. */
const outputKept = 20;

/** What the steps of a task come to. */
export function planned(steps: readonly Step[]): Pick<Outcome, 'status' | 'diff' | 'message'> {
  const status = steps.some((step) => step.counts !== false) ? 'changed' : 'ok';
  return { status, diff: differences(steps), message: inShort(steps) };
}

/** Two steps are told in full; of more, the first and how many there are: the events name each. */
function inShort(steps: readonly Step[]): string {
  const [first, second, ...others] = steps.map((step) => step.title);
  if (others.length === 0) return [first, second].filter((title) => title !== undefined).join('; ');
  return `${first}, and ${others.length + 1} more steps`;
}

function differences(steps: readonly Step[]): Difference[] {
  return steps.map(({ title, before, after }) => ({
    title,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }));
}

/** A command's output as a registered result names it. */
export function summary(output: Output): Record<string, unknown> {
  return { code: output.exit, stdout: output.stdout.trimEnd(), stderr: output.stderr.trimEnd() };
}

/** What ended a task before its end. `pending`: something that this host depends on was not done, in check mode. */
export function failure(error: unknown, pending: boolean): Outcome {
  if (!(error instanceof ProvisionError)) throw error;
  const diagnostic = error.diagnostics[0];
  // A guest that is not installed yet cannot be reached; a link that broke is another matter.
  if (pending && !(error instanceof LostConnection)) return unknownYet;
  const status = isOfConnection(diagnostic) ? 'unreachable' : 'failed';
  const result = error instanceof CommandFailed ? summary(error.output) : {};
  return { status, message: diagnostic.message, diagnostic, diff: [], result };
}

/** The last lines a failed task wrote. */
export function lastLines(lines: readonly string[]): readonly string[] {
  return lines.slice(-outputKept);
}
