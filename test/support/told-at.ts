import { ProvisionError } from '../../src/core/diagnostic.ts';
import { placeOf, type Span } from '../../src/core/source.ts';

/** What the reader would be told, a line for each diagnostic: code, place, the marked text, message. */
export function toldAt(work: () => unknown): string {
  const { error, result } = outcome(work);
  if (error === undefined) return `no error: ${JSON.stringify(result)}`;
  return error.diagnostics.map(({ code, at, message }) => `${code} ${place(at)}${message}`).join('\n');
}

/** The further places that the first diagnostic names. */
export function alsoToldAt(work: () => unknown): string[] {
  const { error, result } = outcome(work);
  if (error === undefined) return [`no error: ${JSON.stringify(result)}`];
  return (error.diagnostics[0].related ?? []).map(({ at, message }) => `${place(at)}${message}`);
}

function outcome(work: () => unknown): { readonly error?: ProvisionError; readonly result?: unknown } {
  try {
    return { result: work() };
  } catch (error) {
    if (error instanceof ProvisionError) return { error };
    throw error;
  }
}

function place(at: Span | undefined): string {
  return at === undefined ? '' : `${placeOf(at)} [${at.source.text.slice(at.start, at.end)}] `;
}
