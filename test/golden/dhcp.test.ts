import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { Problems, ProvisionError } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { renderArguments } from '../../src/engine/arguments.ts';
import { createScope } from '../../src/engine/scope.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { findModule, modules } from '../../src/modules/registry.ts';
import { scratchFolder } from '../support/transport.ts';

const golden = new URL('dhcp/', import.meta.url).pathname;
const updating = process.env.UPDATE_CASES === '1';

interface DhcpArguments {
  readonly template: string;
  readonly interfaces: readonly string[];
}

/** What the playbook's task becomes for the DHCP server of an inventory. */
function argumentsFor(inventoryFile: string, server: string): DhcpArguments {
  const problems = new Problems();
  const playbook = loadPlaybook('playbooks/dhcp-server.yml', modules, problems);
  const inventory = loadInventory(inventoryFile, { playbookFolders: ['playbooks'] }, problems);
  problems.throwIfAny();
  const task = playbook?.plays.flatMap((play) => play.tasks).find(({ when }) => when === `dhcp_server === '${server}'`);
  const module = findModule('dhcpd.config');
  if (!task || !module) throw new Error(`the playbook has no configuration of ${server}`);
  const secrets = new Secrets();
  const layers = inventory.hosts.get('edge')?.layers ?? [];
  const data = { dhcp_server: server };
  const scope = createScope({ inventory, host: 'edge', layers, data, extra: [], secrets });
  const context = { templateFolders: ['templates'], secrets };
  return renderArguments(task, module, scope, context) as unknown as DhcpArguments;
}

/** The example inventory, changed. */
function changed(change: (inventory: Inventory) => void): string {
  const inventory = parse(readFileSync(`${golden}inventory.yml`, 'utf8')) as Inventory;
  change(inventory);
  const file = `${scratchFolder()}/hosts.yml`;
  writeFileSync(file, stringify(inventory));
  return file;
}

interface Inventory {
  readonly all: { readonly vars: { readonly networks: Record<string, Record<string, unknown>> } };
  readonly guests: { hosts: Record<string, Record<string, unknown>> };
}

describe('one inventory', () => {
  it.each([
    ['isc', 'dhcpd.conf'],
    ['kea', 'kea-dhcp4.conf'],
  ])('for %s: %s', (server, file) => {
    const { template, interfaces } = argumentsFor(`${golden}inventory.yml`, server);
    if (updating) writeFileSync(golden + file, template);
    expect(template).toBe(readFileSync(golden + file, 'utf8'));
    expect(interfaces).toEqual(['eth1', 'eth2']);
  });

  it('says to Kea what was meant, whatever signs there are in a text', () => {
    const { Dhcp4 } = JSON.parse(argumentsFor(`${golden}inventory.yml`, 'kea').template);
    expect(Dhcp4.subnet4[0].reservations[2]).toMatchObject({ hostname: 'makalu', 'boot-file-name': 'boot\\"x".0' });
    expect(Dhcp4.subnet4[0]['option-data'].at(-1)).toEqual({ name: 'tftp-server-name', data: 'a "b" \\c\\, d' });
    expect(Dhcp4.subnet4.map(({ id }: { id: number }) => id)).toEqual([167772160, 3405803776]);
  });
});

function codesOf(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ProvisionError) return error.diagnostics.map(({ code }) => code);
    throw error;
  }
}

describe('an inventory with a mistake makes no configuration', () => {
  it.each<[string, string, (inventory: Inventory) => void]>([
    ['a line break that would add a statement', 'PV3102', ({ all }) => set(all.vars.networks, 'domain', 'a";\nx "')],
    ['a line break in an option', 'PV3102', ({ all }) => set(all.vars.networks, 'options', { 'root-path': 'a\nb' })],
    [
      'a dynamic range out of its network',
      'PV2018',
      ({ all }) => set(all.vars.networks, 'dynamic', '10.1.0.2-10.1.0.9'),
    ],
    [
      'a range of guests over the dynamic one',
      'PV2018',
      ({ all }) => set(all.vars.networks, 'range', '10.0.0.9-10.0.0.210'),
    ],
    ['a guest within the dynamic range', 'PV2020', ({ guests }) => set(guests.hosts, 'ip', '10.0.0.201')],
    ['one address twice', 'PV2014', ({ guests }) => set(guests.hosts, 'ip', '10.0.1.2')],
  ])('%s', (_what, code, change) => {
    expect(codesOf(() => argumentsFor(changed(change), 'isc'))).toContain(code);
  });
});

/** Of the network `lan`, or of the guest `everest`. */
function set(map: Record<string, Record<string, unknown>>, key: string, value: unknown): void {
  Object.assign(map.lan ?? map.everest ?? {}, { [key]: value });
}

it('a thousand guests are in both, each once', () => {
  const file = changed(({ guests }) => {
    const numbers = Array.from({ length: 1000 }, (_, index) => index);
    guests.hosts = Object.fromEntries(
      numbers.map((n) => [`g${n}`, { hypervisor: 'alfa', ip: `10.0.${2 + Math.floor(n / 250)}.${1 + (n % 250)}` }]),
    );
  });
  const isc = argumentsFor(file, 'isc').template.match(/^host g\d+ /gm) ?? [];
  const { Dhcp4 } = JSON.parse(argumentsFor(file, 'kea').template);
  expect(new Set(isc).size).toBe(1000);
  expect(isc.length).toBe(1000);
  expect(Dhcp4.subnet4[0].reservations.length).toBe(1000);
});
