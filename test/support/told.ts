import { type Diagnostic, ProvisionError } from '../../src/core/diagnostic.ts';

/** What the user would be told: `CODE message (help)` for each diagnostic that `work` throws. */
export function told(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return diagnosticsOf(error);
  }
  return [];
}

export async function toldLater(work: Promise<unknown>): Promise<string[]> {
  return work.then(() => [], diagnosticsOf);
}

function diagnosticsOf(error: unknown): string[] {
  if (!(error instanceof ProvisionError)) throw error;
  return error.diagnostics.map(asTold);
}

/** `CODE message (help)`. */
export function asTold({ code, message, help }: Diagnostic): string {
  return `${code} ${message}${help ? ` (${help})` : ''}`;
}
