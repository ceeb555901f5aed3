import type { Diagnostic } from '../core/diagnostic.ts';
import { diagnosticsText } from '../report/diagnostic-text.ts';
import { surroundingsOf } from './terminal.ts';

/** Tells on standard error what is doubtful in the files. */
export function printWarnings(warnings: readonly Diagnostic[]): void {
  if (warnings.length === 0) return;
  process.stderr.write(`${diagnosticsText(warnings, { ...surroundingsOf(process.stderr), severity: 'warning' })}\n`);
}
