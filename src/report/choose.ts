import type { Reporter } from '../core/event.ts';
import { createJsonLinesReporter } from './json-lines.ts';
import { createPlainReporter } from './plain.ts';
import type { Screen } from './screen.ts';

export const outputForms = ['tree', 'plain', 'ndjson'] as const;

export type OutputForm = (typeof outputForms)[number];

/** The form asked for; else a tree on a terminal and plain lines elsewhere. */
export async function chooseReporter(
  form: OutputForm | undefined,
  screen: Screen & { readonly terminal: boolean },
): Promise<Reporter> {
  const chosen = form ?? (screen.terminal ? 'tree' : 'plain');
  switch (chosen) {
    case 'ndjson':
      return createJsonLinesReporter(screen.write);
    case 'plain':
      return createPlainReporter(screen);
    case 'tree':
      return (await import('./listr.ts')).createTreeReporter(screen);
    default:
      return chosen satisfies never;
  }
}
