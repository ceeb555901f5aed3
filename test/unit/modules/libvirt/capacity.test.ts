import { expect, it } from 'vitest';
import { bytesOf, describeBytes } from '../../../../src/modules/libvirt/capacity.ts';

it.each([
  ['100G', 107_374_182_400, '100 GiB'],
  ['100GiB', 107_374_182_400, '100 GiB'],
  ['256M', 268_435_456, '256 MiB'],
  ['1536M', 1_610_612_736, '1.5 GiB'],
  ['2T', 2_199_023_255_552, '2 TiB'],
])('%s is %i bytes', (capacity, bytes, words) => {
  expect(bytesOf(capacity)).toBe(bytes);
  expect(describeBytes(bytes)).toBe(words);
});
