import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { diagnosticsText } from '../../src/report/diagnostic-text.ts';
import { moveRows, planOf } from '../support/move-table.ts';

// With UPDATE_SCREENS=1 what came out is written into move.txt, for a person to read before it is committed.
it('shows all that stands against a move at once', () => {
  const refused = moveRows.filter(({ refused }) => refused);
  const screens = refused.map((row) => {
    const { refusals } = planOf(row);
    return `# ${row.title}\n${diagnosticsText(refusals, { width: 80, colour: false })}\n`;
  });
  const file = 'test/screens/move.txt';
  if (process.env.UPDATE_SCREENS === '1') writeFileSync(file, screens.join('\n'));
  expect(screens.join('\n')).toBe(readFileSync(file, 'utf8'));
});
