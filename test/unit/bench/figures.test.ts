import { expect, it } from 'vitest';
import { figure, perFurtherHost, ratio, serialTrips } from '../../../bench/figures.ts';
import { row, rowsWith } from './rows.ts';

const series = { contender: 'provision', work: 'w1', phase: 'nochange', hosts: 1, rtt: 0 } as const;

it('a figure is the median of the rounds of this cell, contender and phase alone', () => {
  const others = [
    row({ wall: 9, hosts: 10 }),
    row({ wall: 9, phase: 'converge' }),
    row({ wall: 9, contender: 'floor' }),
  ];
  expect(figure([...rowsWith([0.3, 0.2, 0.7]), ...others], series, 'wall')).toBe(0.3);
});

it('what was not measured has no figure and no ratio', () => {
  expect(figure([], series, 'wall')).toBeUndefined();
  expect(ratio(rowsWith([1]), series, 'mitogen')).toBeUndefined();
});

it('a ratio compares medians', () => {
  const rows = [...rowsWith([0.2, 0.3, 9]), ...rowsWith([0.1, 0.2, 0.3], { contender: 'sketch' })];
  expect(ratio(rows, series, 'sketch')).toBeCloseTo(1.5);
});

it('serial round trips are what 40 ms more cost, in units of 40 ms', () => {
  const rows = [...rowsWith([0.2]), ...rowsWith([0.68], { rtt: 40 })];
  expect(serialTrips(rows, series)).toBeCloseTo(12);
});

it('a further host costs the difference shared out', () => {
  const rows = [row({ pss_mb: 60, hosts: 10 }), row({ pss_mb: 72, hosts: 50 })];
  expect(perFurtherHost(rows, series, { measure: 'pss_mb', from: 10 })).toBeCloseTo(0.3);
});
