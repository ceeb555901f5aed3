import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Problems } from '../../../src/core/diagnostic.ts';
import { type Inventory, loadInventory } from '../../../src/load/inventory.ts';
import { withChanges } from '../../../src/load/record-changes.ts';
import { rawValue } from '../../../src/load/variables.ts';
import { type Told, tell } from './told.ts';

interface Case {
  readonly it: string;
  /** The inventory. */
  readonly text: string;
  /** What earlier runs wrote. */
  readonly recorded?: string;
  /** Each guest's network, address, and who gave it. */
  readonly gives?: Readonly<Record<string, string>>;
  readonly releases?: readonly string[];
  /** What the file says after a run; left out where it stays as it is. */
  readonly records?: string;
  readonly tells?: readonly Told[];
}

const cases = parse(readFileSync(new URL('cases/addresses.yml', import.meta.url), 'utf8')) as readonly Case[];

function load(files: Readonly<Record<string, string | undefined>>, path: string, problems = new Problems()): Inventory {
  const folder = mkdtempSync(join(tmpdir(), 'provision-addresses-'));
  for (const [name, text] of Object.entries(files)) if (text !== undefined) writeFileSync(join(folder, name), text);
  return loadInventory(join(folder, path), { playbookFolders: [] }, problems);
}

function filesOf({ text, recorded }: Case) {
  return { 'hosts.yml': text, 'addresses.yml': recorded };
}

function given({ hosts, addresses }: Inventory): Record<string, string> {
  const entries = [...(addresses?.guests ?? [])].map(([name, { network, origin }]) => {
    const layers = hosts.get(name)?.layers ?? [];
    expect(rawValue(layers, 'network'), `the network of ${name} as a variable`).toBe(network?.name);
    return [name, `${network?.name ?? '-'} ${rawValue(layers, 'ip')} ${origin}`];
  });
  return Object.fromEntries(entries);
}

function outcomeOf(inventory: Inventory, recorded: string | undefined): Pick<Case, 'gives' | 'releases' | 'records'> {
  const { added = [], released = [] } = inventory.addresses?.changes ?? {};
  return {
    gives: given(inventory),
    ...(released.length > 0 && { releases: released.map(({ ip, guest, why }) => `${ip} of ${guest}: ${why}`) }),
    ...(added.length + released.length > 0 && { records: withChanges(recorded, { added, released }) }),
  };
}

describe('the address plan', () => {
  it.each(cases.filter(({ tells }) => !tells))('$it', (wanted) => {
    const problems = new Problems();
    const inventory = load(filesOf(wanted), 'hosts.yml', problems);
    problems.throwIfAny();
    const { it: _, text: __, recorded, ...outcome } = wanted;
    expect(outcomeOf(inventory, recorded)).toEqual(outcome);
  });

  it.each(cases.filter(({ tells }) => tells))('$it', (wanted) => {
    expect(tell((problems) => load(filesOf(wanted), 'hosts.yml', problems))).toEqual(wanted.tells);
  });

  it.each(cases.filter(({ records }) => records))('stays once it is recorded: $it', (wanted) => {
    const again = load({ 'hosts.yml': wanted.text, 'addresses.yml': wanted.records }, 'hosts.yml');
    expect(again.addresses?.changes).toEqual({ added: [], released: [] });
    const addresses = (plan: Case['gives']) => Object.values(plan ?? {}).map((text) => text.split(' ')[1]);
    expect(addresses(given(again))).toEqual(addresses(wanted.gives));
  });

  it('keeps the addresses of guests that another inventory of the folder has', () => {
    const networks =
      'all: { vars: { networks: { nat: { kind: nat, subnet: 10.0.0.0/24, range: 10.0.0.1-10.0.0.9 } } } }';
    const inventory = load(
      {
        'hosts.yml': `${networks}\nguests: { hosts: { alfa: , everest: { hypervisor: alfa } } }`,
        'test.yml': 'guests: { hosts: { "t[1:2]": } }',
        'addresses.yml': 'nat: { t1: 10.0.0.1, t3: 10.0.0.2 }',
      },
      'hosts.yml',
    );
    expect(given(inventory)).toEqual({ everest: 'nat 10.0.0.3 new' });
    expect(inventory.addresses?.changes.released.map(({ guest }) => guest)).toEqual(['t3']);
  });

  it('gives ten thousand guests of one network their addresses, and finds the one that is taken twice', () => {
    const networks = 'lan: { kind: bridged, subnet: 10.0.0.0/16, gateway: 10.0.0.1, range: 10.0.0.1-10.0.255.254 }';
    const text = `
all: { vars: { networks: { ${networks} } } }
hypervisors: { hosts: { "h[1:10]": } }
guests: { vars: { hypervisor: h1 }, hosts: { "g[0:9999]": , late: { ip: 10.0.3.7 } } }
`;
    const inventory = load({ 'hosts.yml': text }, 'hosts.yml');
    const all = Object.values(given(inventory));
    expect(new Set(all).size).toBe(10_001);
    expect(all.slice(0, 2)).toEqual(['lan 10.0.0.2 new', 'lan 10.0.0.3 new']);
    const { added = [], released = [] } = inventory.addresses?.changes ?? {};
    const recorded = withChanges(undefined, { added, released }).replace('g5000: 10.0.19.139', 'g5000: 10.0.3.7');
    const told = tell((problems) => load({ 'hosts.yml': text, 'addresses.yml': recorded }, 'hosts.yml', problems));
    expect(told.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'PV2014 g5000 and late on h1 both have the address 10.0.3.7',
    ]);
  });
});
