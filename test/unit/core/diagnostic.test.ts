import { expect, test } from 'vitest';
import { Problems, ProvisionError, problem } from '../../../src/core/diagnostic.ts';
import { placeOf } from '../../../src/core/source.ts';

const source = { name: 'site.yml', text: 'a: 1\nbb: 2\n\tc: 3\n' };

test.each([
  [0, 'site.yml:1:1'],
  [4, 'site.yml:1:5'],
  [5, 'site.yml:2:1'],
  [12, 'site.yml:3:2'],
])('offset %i stands at %s', (start, place) => {
  expect(placeOf({ source, start, end: start + 1 })).toBe(place);
});

test('problems are thrown together, sorted by place, each once', () => {
  const problems = new Problems();
  const at = (start: number) => ({ at: { source, start, end: start + 1 } });
  problems.add('PV9001', 'second', at(5));
  problems.add('PV9001', 'first', at(0));
  problems.add('PV9001', 'second', at(5));
  problems.keep(problem('PV9001', 'third', at(12)));
  let thrown: unknown;
  try {
    problems.throwIfAny();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ProvisionError);
  expect((thrown as ProvisionError).diagnostics.map((item) => item.message)).toEqual(['first', 'second', 'third']);
});

test('problems let an unexpected error through', () => {
  expect(() => new Problems().attempt(() => JSON.parse('{'))).toThrow(SyntaxError);
});

test('no problems, no error', () => {
  expect(() => new Problems().throwIfAny()).not.toThrow();
});
