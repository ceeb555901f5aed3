import { expect, it } from 'vitest';
import { packagesFor } from '../../../../bench/rig/packages.ts';

it('a DHCP server is installed for the work that asks one', () => {
  expect([['w1'], ['edge']].map((works) => packagesFor(works).includes('isc-dhcp-server'))).toEqual([false, true]);
});

it.each([
  [['provision', 'floor'], false, false],
  [['ansible_tuned'], true, false],
  [['mitogen'], true, true],
])('for %j: Ansible %s, Mitogen %s', (contenders, ansible, mitogen) => {
  const packages = packagesFor(contenders);
  expect([packages.includes('ansible-core'), packages.includes('ansible-mitogen')]).toEqual([ansible, mitogen]);
  expect(packages).toContain('openssh-server');
});
