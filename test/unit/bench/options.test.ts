import { expect, it } from 'vitest';
import { readOptions } from '../../../bench/options.ts';
import { workNames } from '../../../bench/row.ts';

it('without options it is the whole of it', () => {
  expect(readOptions([])).toEqual({ mode: 'run', resume: false, whole: true, selection: { works: workNames } });
});

it('a part is selected by lists', () => {
  const words = '--work w1 --hosts 1 --rtt 0,40 --rounds 5 --contenders provision,sketch --json rows.json'.split(' ');
  expect(readOptions(words)).toEqual({
    mode: 'run',
    resume: false,
    whole: false,
    json: 'rows.json',
    selection: { works: ['w1'], hosts: [1], rtts: [0, 40], rounds: 5, contenders: ['provision', 'sketch'] },
  });
});

it.each(['profile', 'report', 'help'])('--%s measures no contender', (mode) => {
  expect(readOptions([`--${mode}`])).toMatchObject({ mode });
});

it.each([
  ['--work w3', '`w3` is none of w1, w2'],
  ['--contenders chef', '`chef` is none of provision'],
  ['--hosts 0', '`0` is no whole number from 1'],
  ['--rtt fast', '`fast` is no whole number'],
  ['--resume --hosts 1', 'no part of it can be selected'],
  ['--turbo', "Unknown option '--turbo'"],
])('%s is refused', (words, message) => expect(() => readOptions(words.split(' '))).toThrow(message));
