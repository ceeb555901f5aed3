import { structuredPatch } from 'diff';
import type { Difference } from '../core/event.ts';
import { createPaint, type Paint } from './style.ts';
import { markControls } from './terminal-text.ts';

/** Milliseconds after which two texts count as wholly different. */
const patience = 2000;

/** A unified diff under its title; empty where nothing differs. */
export function diffText(difference: Difference, options: { readonly colour: boolean }): string {
  const paint = createPaint(options.colour);
  const before = difference.before ?? '';
  const after = difference.after ?? '';
  if (before === after) return '';
  const title = paint('bold', `diff: ${difference.title}`);
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, timeout: patience });
  if (!patch) return `${title}\n(too much differs to show it line by line)`;
  const hunks = patch.hunks.flatMap((hunk) => [
    paint('cyan', `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
    ...hunk.lines.map((line) => paintLine(markControls(line), paint)),
  ]);
  return [title, ...hunks].join('\n');
}

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint('green', line);
  if (line.startsWith('-')) return paint('red', line);
  return line;
}

/** An empty stretch is named by the line before it. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
