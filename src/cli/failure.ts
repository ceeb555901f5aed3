import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import { mistakesText } from '../report/diagnostic-text.ts';
import { withSourcePlaces } from './stack-places.ts';
import { surroundingsOf } from './terminal.ts';

export const exitWrongInput = 1;
const exitOurMistake = 70;
export const exitInterrupted = 130;

/** Thrown where a question is left with Ctrl-C. */
export class Interrupted extends Error {}

let secretsOfRun: Pick<Secrets, 'mask'> | undefined;

/** From here on not even the stack of a mistake of ours shows what these know. */
export function hideInFailures(secrets: Pick<Secrets, 'mask'>): void {
  secretsOfRun = secrets;
}

/** Tells on standard error what went wrong and returns the exit code. */
export function printFailure(
  error: unknown,
  write: (text: string) => unknown = (text) => process.stderr.write(text),
): number {
  if (error instanceof Interrupted) return exitInterrupted;
  const known = error instanceof ProvisionError;
  const diagnostics = known ? error.diagnostics : ([ourMistake(error)] as const);
  const told = { diagnostics, warnings: known ? error.warnings : [] };
  const text = `${mistakesText(told, surroundingsOf(process.stderr))}\n`;
  write(secretsOfRun?.mask(text) ?? text);
  return known && !diagnostics.some(({ code }) => code.startsWith('PV9')) ? exitWrongInput : exitOurMistake;
}

/** Tells that the rest of what is printed is lost, where that can still be told. */
export function printUnwritten(error: Error, write: (text: string) => unknown): void {
  const told = problem('PV0012', `what is printed can no longer be written: ${error.message}`, {
    help: 'make room; what a run did is in its journal, `provision runs` lists them',
  });
  try {
    printFailure(told, write);
  } catch {
    // It is standard error that cannot be written.
  }
}

function ourMistake(error: unknown): Diagnostic {
  const message = error instanceof Error ? error.message : String(error);
  const transcript = error instanceof Error && error.stack ? withSourcePlaces(error.stack) : undefined;
  return {
    code: 'PV9001',
    message: `provision made a mistake: ${message}`,
    ...(transcript && { transcript }),
    help: 'please report it with the command, the playbook and this whole text',
  };
}
