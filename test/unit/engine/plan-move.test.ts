import { describe, expect, test } from 'vitest';
import { moveRows, planOf } from '../../support/move-table.ts';

describe('what stands against a move, and what differs', () => {
  test.each(moveRows.map((row) => [row.title, row] as const))('%s', (_title, row) => {
    const { plan, refusals } = planOf(row);
    expect(refusals.map(({ code, message }) => `${code} ${message}`)).toEqual(row.refused ?? []);
    expect(refusals.every(({ help }) => help)).toBe(true);
    expect(plan.differences).toEqual(row.differs ?? []);
    if (row.files) expect(plan.files).toEqual(row.files);
    for (const { to } of plan.files.filter(({ to }) => to.endsWith('.qcow2'))) expect(plan.xml).toContain(`"${to}"`);
  });
});
