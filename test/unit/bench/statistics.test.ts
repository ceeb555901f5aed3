import { expect, it } from 'vitest';
import { median, slope } from '../../../bench/statistics.ts';

it.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 3, 100], 3.5],
])('the median of %j is %d', (values, middle) => expect(median(values)).toBe(middle));

it('there is no median of nothing', () => expect(() => median([])).toThrow('no values'));

it('the slope is the growth per unit', () => expect(slope([10, 60], [50, 100])).toBe(1));
