import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../../src/core/suggest.ts';

const known = ['a', 'memory', 'vcpus', 'disk', 'libvirt.network', 'libvirt.volume', 'file.template'];

test.each([
  ['memroy', ['memory']],
  ['MEMORY', ['memory']],
  ['libvrt.network', ['libvirt.network']],
  ['template', ['file.template']],
  ['dsik', ['disk']],
  ['entirely else', []],
  ['x', []],
])('%s is near to %j', (name, expected) => {
  expect(nearest(name, known)).toEqual(expected);
});

test('says nothing where no name is near', () => {
  expect(didYouMean('xyz', known)).toBeUndefined();
  expect(didYouMean('memroy', known)).toBe('did you mean `memory`?');
});
