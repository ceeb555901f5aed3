import { describe, expect, it } from 'vitest';
import { moduleForAnsible } from '../../../src/load/familiar-names.ts';
import { findModule } from '../../../src/modules/registry.ts';

const ansible =
  'apt package assert authorized_key blockinfile command copy file get_url iptables lineinfile raw replace script service ' +
  'shell systemd systemd_service template uri user virt virt_net virt_pool virt_volume wait_for wait_for_connection ' +
  'ansible.builtin.apt ansible.posix.authorized_key community.libvirt.virt_net community.general.iptables';

describe('moduleForAnsible', () => {
  it.each(ansible.split(' '))('knows a module of ours for %s', (name) => {
    expect(findModule(moduleForAnsible(name) ?? '')).toBeDefined();
  });

  it.each(['yum', 'libvirt.domain', 'file.copy', 'constructor', '__proto__'])('knows none for %s', (name) => {
    expect(moduleForAnsible(name)).toBeUndefined();
  });
});
