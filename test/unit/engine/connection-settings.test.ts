import { expect, test } from 'vitest';
import { connectionSettings, type SshMap } from '../../../src/engine/connection-settings.ts';
import type { Host, Inventory } from '../../../src/load/inventory.ts';

const at = { source: { name: 'hosts.yml', text: '' }, start: 0, end: 0 };

type Variables = Readonly<Record<string, unknown>>;

function settingsOf(name: string, hosts: Readonly<Record<string, SshMap>>, variables: Variables = {}) {
  const all = Object.entries(hosts).map(
    ([host, ssh]): Host => ({ name: host, groups: ['all'], layers: [], ssh: { ...ssh }, at }),
  );
  const inventory: Inventory = { hosts: new Map(all.map((host) => [host.name, host])), groups: new Map(), folder: '.' };
  const host = inventory.hosts.get(name);
  if (!host) throw new Error(`no host ${name}`);
  return connectionSettings(host, (one) => one.ssh as SshMap, {
    inventory,
    passwords: {},
    scope: { has: (variable) => Object.hasOwn(variables, variable), resolve: (variable) => variables[variable] },
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
  const everest = settingsOf('everest', { alfa: way, everest: { port: 10022 } }, { hypervisor: 'alfa' });
  expect(everest).toMatchObject({ host: '192.0.2.1', port: 10022, jump: 'gate', connectTimeout: 5 });
});

test('what a guest says of its own way is stronger', () => {
  const everest = settingsOf(
    'everest',
    { alfa: way, everest: { jump: 'other', connect_timeout: 60 } },
    { hypervisor: 'alfa' },
  );
  expect(everest).toMatchObject({ host: '192.0.2.1', jump: 'other', connectTimeout: 60 });
});

const networks = { lan: { kind: 'bridged' }, wire: { kind: 'public' }, nat: { kind: 'nat' } };
const shared = { hypervisor: 'alfa', networks, ip: '10.0.0.50' };

test.each([
  ['at its own address on a network that hypervisors share', { network: 'lan' }, {}, '10.0.0.50'],
  ['there too where that is a public one', { network: 'wire' }, {}, '10.0.0.50'],
  ['at the address that the world knows it by', { network: 'lan', public_ip: '203.0.113.10' }, {}, '203.0.113.10'],
  ['at its hypervisor behind its NAT', { network: 'nat', public_ip: '203.0.113.10' }, {}, '192.0.2.1'],
  ['at its hypervisor where it names a port of it', { network: 'lan' }, { port: 10022 }, '192.0.2.1'],
  ['where it says', { network: 'lan' }, { host: '192.0.2.9' }, '192.0.2.9'],
])('a guest is reached %s', (_title, variables, ssh, host) => {
  const found = settingsOf('everest', { alfa: way, everest: ssh }, { ...shared, ...variables });
  expect(found.host).toBe(host);
  expect(found.jump).toBe(host === way.host ? 'gate' : undefined);
});
