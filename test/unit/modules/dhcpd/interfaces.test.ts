import { expect, it } from 'vitest';
import { withInterfaces } from '../../../../src/modules/dhcpd/interfaces.ts';

it.each([
  ['in its place', '# a\nINTERFACESv4=""\nINTERFACESv6=""\n', '# a\nINTERFACESv4="eth1 br0"\nINTERFACESv6=""\n'],
  ['the last of several', 'INTERFACESv4="a"\nINTERFACESv4="b"\n', 'INTERFACESv4="a"\nINTERFACESv4="eth1 br0"\n'],
  ['at the end', '#INTERFACESv4="a"', '#INTERFACESv4="a"\nINTERFACESv4="eth1 br0"\n'],
  ['into nothing', '', 'INTERFACESv4="eth1 br0"\n'],
])('the interfaces are written %s', (_where, before, after) => {
  expect(withInterfaces(before, ['eth1', 'br0'])).toBe(after);
});
