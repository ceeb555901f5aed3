import { expect, test } from 'vitest';
import { connectionSettings, type SshMap } from '../../../src/engine/connection-settings.ts';
import type { Host, Inventory } from '../../../src/load/inventory.ts';

const at = { source: { name: 'hosts.yml', text: '' }, start: 0, end: 0 };

function settingsOf(name: string, hosts: Readonly<Record<string, SshMap>>, hypervisor?: string) {
  const all = Object.entries(hosts).map(
    ([host, ssh]): Host => ({ name: host, groups: ['all'], layers: [], ssh: { ...ssh }, at }),
  );
  const inventory: Inventory = { hosts: new Map(all.map((host) => [host.name, host])), groups: new Map(), folder: '.' };
  const host = inventory.hosts.get(name);
  if (!host) throw new Error(`no host ${name}`);
  return connectionSettings(host, (one) => one.ssh as SshMap, {
    inventory,
    passwords: {},
    ...(hypervisor !== undefined && { hypervisor }),
  });
}

test('every setting of a host takes effect', () => {
  const ssh = { host: '192.0.2.1', port: 2222, user: 'me', jump: 'gate', connect_timeout: 5, host_key: 'SHA256:x' };
  expect(settingsOf('alfa', { alfa: ssh })).toMatchObject({
    host: '192.0.2.1',
    port: 2222,
    user: 'me',
    jump: 'gate',
    connectTimeout: 5,
    hostKey: 'SHA256:x',
  });
});

const way: SshMap = { host: '192.0.2.1', user: 'root', jump: 'gate', connect_timeout: 5 };

test('a guest is reached the way its hypervisor is', () => {
  const everest = settingsOf('everest', { alfa: way, everest: { port: 10022 } }, 'alfa');
  expect(everest).toMatchObject({ host: '192.0.2.1', port: 10022, jump: 'gate', connectTimeout: 5 });
});

test('what a guest says of its own way is stronger', () => {
  const everest = settingsOf('everest', { alfa: way, everest: { jump: 'other', connect_timeout: 60 } }, 'alfa');
  expect(everest).toMatchObject({ host: '192.0.2.1', jump: 'other', connectTimeout: 60 });
});
