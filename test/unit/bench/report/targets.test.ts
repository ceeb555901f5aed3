import { expect, it } from 'vitest';
import { isMet, targets } from '../../../../bench/report/targets.ts';
import { row, rowsWith } from '../rows.ts';

const named = (rows: Parameters<typeof targets>[0], what: string) =>
  targets(rows).find((target) => target.what === what);

it('nothing measured, nothing judged', () => {
  expect(targets([]).map(isMet)).toEqual(targets([]).map(() => undefined));
});

it.each([
  [0.14, true],
  [0.16, false],
])('%d s against 0.1 s of the sketch: reached is %s', (wall, met) => {
  const rows = [...rowsWith([wall]), ...rowsWith([0.1], { contender: 'sketch' })];
  const target = named(rows, 'W1 no change, 1 host: time, in times of sketch');
  expect(target && isMet(target)).toBe(met);
});

it('one round trip that misses makes the whole goal missed', () => {
  const rows = [0, 40].flatMap((rtt) => [
    ...rowsWith([rtt === 0 ? 0.1 : 0.2], { rtt }),
    ...rowsWith([0.1], { rtt, contender: 'sketch' }),
  ]);
  const target = named(rows, 'W1 no change, 1 host: time, in times of sketch');
  expect(target?.figures.map(({ value }) => value)).toEqual([1, undefined, 2]);
  expect(target && isMet(target)).toBe(false);
});

it('how many times faster is the other one by us', () => {
  const rows = [...rowsWith([0.2]), ...rowsWith([12], { contender: 'ansible_tuned' })];
  const target = named(rows, 'W1 no change, 1 host: times faster than ansible_tuned');
  expect(target).toMatchObject({ atLeast: 50, figures: [{ at: '0 ms', value: 60 }] });
});

it('of logins and channels the worst run counts, not the median', () => {
  const rows = [row({ channels: 1 }), row({ channels: 1 }), row({ channels: 3 })];
  expect(named(rows, 'channels per host, the most of all runs')).toMatchObject({ atMost: 2, figures: [{ value: 3 }] });
});
