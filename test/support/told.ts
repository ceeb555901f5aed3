import { ProvisionError } from '../../src/core/diagnostic.ts';
import { placeOf, type Span } from '../../src/core/source.ts';

/** What the reader would be told, a line for each diagnostic: code, place, the marked text, message. */
export function told(work: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(work())}`;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.diagnostics.map(({ code, at, message }) => `${code} ${place(at)}${message}`).join('\n');
  }
}

/** The further places that the first diagnostic names. */
export function alsoTold(work: () => unknown): string[] {
  try {
    return [`no error: ${JSON.stringify(work())}`];
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return (error.diagnostics[0].related ?? []).map(({ at, message }) => `${place(at)}${message}`);
  }
}

function place(at: Span | undefined): string {
  return at === undefined ? '' : `${placeOf(at)} [${at.source.text.slice(at.start, at.end)}] `;
}
