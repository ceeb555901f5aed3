import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import { Failure, FailureElsewhere } from './failure.ts';
import { type PlaceOf, wordAt } from './place.ts';
import type { Program } from './program.ts';
import { realm } from './sandbox.ts';

/** Milliseconds after which an expression is ended: it has nothing to wait for. */
const limit = 2000;

/** The place of what is being evaluated just now; code that is ended cannot say it. */
let current: { readonly program: Program; readonly placeOf: PlaceOf } | undefined;

/** Runs a program, under the clock where it may take long; whatever goes wrong in it becomes a diagnostic with its place in the user's files. */
export function perform<T>(program: Program, placeOf: PlaceOf, work: () => T): T {
  throwMistakes(program, placeOf);
  const outer = current;
  current = { program, placeOf };
  try {
    return program.brief ? work() : realm().guard(work, limit);
  } catch (error) {
    if (isTimeout(error)) throw runaway();
    throw explained(error, program, placeOf);
  } finally {
    current = outer;
  }
}

/** Mistakes that were found before anything ran. */
export function mistakesOf(program: Program, placeOf: PlaceOf): Diagnostic[] {
  return program.mistakes.map(({ start, end, ...mistake }) => {
    const at = placeOf({ start, end });
    return { ...mistake, ...(at && { at }) };
  });
}

function throwMistakes(program: Program, placeOf: PlaceOf): void {
  const [first, ...others] = mistakesOf(program, placeOf);
  if (first !== undefined) throw new ProvisionError(first, ...others);
}

function explained(error: unknown, program: Program, placeOf: PlaceOf): ProvisionError {
  if (error instanceof ProvisionError) return error;
  const { message, stack, lookedUp } = error as { message?: unknown; stack?: unknown; lookedUp?: unknown };
  const name = program.facts.free.find((free) => free.name === lookedUp);
  const at = placeOf(name ?? wordAt(program, program.offsetIn(String(stack ?? ''))));
  const place = at === undefined ? {} : { at };
  if (error instanceof Failure) return problem(error.code, error.message, { ...error.details, ...place });
  if (error instanceof FailureElsewhere) return usedHere(error.error, place);
  const said = typeof message === 'string' ? message : String(error);
  return problem('PV3007', `the expression failed: ${said}`, place);
}

/** Another expression failed: its own place stays the first, this one is added. */
function usedHere({ diagnostics: [first, ...others] }: ProvisionError, place: Pick<Diagnostic, 'at'>): ProvisionError {
  // A cycle already names every place it goes through; what never ends is no matter of who asked for it.
  if (place.at === undefined || first.code === 'PV3010' || first.code === 'PV3008')
    return new ProvisionError(first, ...others);
  if (first.at === undefined) return new ProvisionError({ ...first, at: place.at }, ...others);
  const related = [...(first.related ?? []), { at: place.at, message: 'used here' }];
  return new ProvisionError({ ...first, related }, ...others);
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function runaway(): ProvisionError {
  const at = current?.placeOf(wordAt(current.program, undefined));
  const help = 'look for a loop whose end is never reached';
  return problem('PV3008', `the expression does not end: stopped after ${limit / 1000} s`, { help, ...(at && { at }) });
}
