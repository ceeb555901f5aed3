import { expect, it } from 'vitest';
import { progressText } from '../../../src/report/task-text.ts';

const place = { task: 'guest', phase: 'Installing the base system' };

it.each([
  [{}, ''],
  [{ percent: 41.4 }, ' 41 %'],
  [{ percent: 41, left: 743 }, ' 41 %, about 12 min left'],
  [{ left: 44 }, ', about 40 s left'],
  [{ percent: 99, left: 3 }, ' 99 %, nearly done'],
])('tells progress %j', (far, text) => {
  expect(progressText({ ...place, ...far })).toBe(`guest: Installing the base system${text}`);
});
