import { type Diagnostic, Problems, ProvisionError } from '../../../src/core/diagnostic.ts';
import { positionOf, type Span } from '../../../src/core/source.ts';

/** A diagnostic as the case files write it. */
export interface Told {
  readonly code: string;
  /** `line:column`. */
  readonly at?: string;
  /** The text that is marked. */
  readonly marks?: string;
  readonly message: string;
  readonly label?: string;
  readonly help?: string;
  readonly also?: readonly string[];
}

/** Everything that `work` puts into the problems it is given, as it would be shown. */
export function tell(work: (problems: Problems) => void): Told[] {
  const problems = new Problems();
  work(problems);
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.diagnostics.map(told);
  }
}

function told({ code, at, message, label, help, related }: Diagnostic): Told {
  return {
    code,
    ...(at && { at: place(at), marks: at.source.text.slice(at.start, at.end) }),
    message,
    ...(label && { label }),
    ...(help && { help }),
    ...(related && { also: related.map((other) => `${place(other.at)} ${other.message}`) }),
  };
}

function place({ source, start }: Span): string {
  const { line, column } = positionOf(source, start);
  return `${line}:${column}`;
}
