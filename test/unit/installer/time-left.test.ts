import { expect, it } from 'vitest';
import type { Pace } from '../../../src/core/plan.ts';
import { timeLeft } from '../../../src/installer/time-left.ts';

const pace = (total: number, at: number): Pace => ({
  total,
  milestones: [
    { phase: 'base', nth: 1, percent: 0, at: at / 2 },
    { phase: 'base', nth: 1, percent: 40, at },
    { phase: 'base', nth: 2, at: total - 10 },
  ],
});
const here = (at: number, percent = 45) => ({ phase: 'base', nth: 1, percent, at });

it.each([
  ['nothing, where none of its kind was seen', [], here(100), 100, undefined],
  ['nothing at a place where no other came by', [pace(1000, 100)], { phase: 'grub', nth: 1, at: 5 }, 5, undefined],
  ['what the earlier one had yet to go', [pace(1000, 100)], here(100), 100, 900],
  ['less as time goes by, and never less than none', [pace(1000, 100)], here(100), 1500, 0],
  ['more on a slower machine', [pace(1000, 100)], here(200), 200, 1800],
  ['the median of earlier ones', [pace(1000, 100), pace(400, 100), pace(9000, 100)], here(100), 100, 900],
  ['no more than four times as much', [pace(1000, 100)], here(4000), 4000, 3600],
] as const)('estimates %s', (_, earlier, reached, now, left) => {
  expect(timeLeft(earlier, reached, now)).toBe(left);
});
