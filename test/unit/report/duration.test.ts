import { expect, it } from 'vitest';
import { durationText } from '../../../src/report/duration.ts';

it.each([
  [0, '0.0 s'],
  [12_345, '12.3 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 00 s'],
  [192_000, '3 min 12 s'],
  [3_900_000, '1 h 05 min'],
])('%i ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));
