import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordAddresses } from '../../../src/cli/record-addresses.ts';
import { Problems } from '../../../src/core/diagnostic.ts';
import type { AddressPlan } from '../../../src/load/address-plan.ts';
import { loadInventory } from '../../../src/load/inventory.ts';
import { told } from '../../support/told.ts';

function planned(recorded?: string, guests = 'everest:'): { plan: AddressPlan; folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'provision-record-'));
  const networks = 'nat: { kind: nat, subnet: 10.0.0.0/24, range: 10.0.0.1-10.0.0.99 }';
  const text = `all: { vars: { networks: { ${networks} } } }\nx: { hosts: { alfa: } }\n`;
  writeFileSync(join(folder, 'hosts.yml'), `${text}guests: { vars: { hypervisor: alfa }, hosts: { ${guests} } }\n`);
  const file = join(folder, 'addresses.yml');
  if (recorded !== undefined) writeFileSync(file, recorded);
  const { addresses } = loadInventory(join(folder, 'hosts.yml'), { playbookFolders: [] }, new Problems());
  if (!addresses) throw new Error('there is no plan');
  return { plan: addresses, folder, file };
}

it('writes nothing over what somebody else wrote meanwhile', () => {
  const { plan, folder, file } = planned('nat: {}\n');
  writeFileSync(file, 'nat: { lhotse: 10.0.0.1 }\n');
  expect(told(() => recordAddresses(plan, () => {}))).toEqual([
    `PV2023 ${file} was changed since it was read (run it again)`,
  ]);
  expect(readFileSync(file, 'utf8')).toBe('nat: { lhotse: 10.0.0.1 }\n');
  expect(readdirSync(folder).sort()).toEqual(['addresses.yml', 'hosts.yml']);
});

it('notices a file that was not there before', () => {
  const { plan, file } = planned();
  writeFileSync(file, '');
  expect(told(() => recordAddresses(plan, () => {}))).toEqual([
    `PV2023 ${file} was changed since it was read (run it again)`,
  ]);
});

it('keeps a link to a file elsewhere, and the mode of that file', () => {
  const { folder: elsewhere } = planned();
  const { plan, file } = planned();
  const target = join(elsewhere, 'kept.yml');
  writeFileSync(target, '');
  chmodSync(target, 0o664);
  symlinkSync(target, file);
  recordAddresses({ ...plan, recorded: { ...plan.recorded, text: '' } }, () => {});
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, 'utf8')).toBe('nat:\n  everest: 10.0.0.1\n');
  expect(lstatSync(target).mode & 0o777).toBe(0o664);
});

it('tells the first of many', () => {
  const { plan, file } = planned(undefined, '"g[1:30]":');
  const lines: string[] = [];
  recordAddresses(plan, (line) => lines.push(line));
  expect(lines).toHaveLength(11);
  expect([lines[0], lines[10]]).toEqual([`${file}: recorded 10.0.0.1 for g1 (nat)`, `${file}: and 20 more`]);
});
