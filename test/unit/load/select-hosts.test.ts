import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Problems } from '../../../src/core/diagnostic.ts';
import { loadInventory, selectHosts } from '../../../src/load/inventory.ts';
import { tell } from './told.ts';

const file = join(mkdtempSync(join(tmpdir(), 'provision-select-')), 'hosts.yml');
writeFileSync(
  file,
  `web: { hosts: { "web[1:3]": } }
db: { hosts: { db1: , web3: } }
empty:
lone: { hosts: { db-x.example.org: } }
letters: { hosts: { "node-[a:b]": } }
`,
);
const inventory = loadInventory(file, { playbookFolders: [] }, new Problems());

interface Case {
  readonly pattern: string;
  readonly hosts?: string;
  readonly tells?: string;
}

const cases = parse(readFileSync(new URL('cases/patterns.yml', import.meta.url), 'utf8')) as readonly Case[];

describe('selectHosts', () => {
  it.each(cases.filter(({ hosts }) => hosts !== undefined))('takes $pattern for $hosts', ({ pattern, hosts }) => {
    expect(selectHosts(inventory, pattern).join(' ')).toBe(hosts);
  });

  it.each(cases.filter(({ tells }) => tells !== undefined))('refuses $pattern', ({ pattern, tells }) => {
    const told = tell((problems) => problems.attempt(() => selectHosts(inventory, pattern)));
    const lines = told.map(({ code, message, label, help }) => {
      return `${code} ${message}${label ? `, ${label}` : ''}${help ? ` (${help})` : ''}`;
    });
    expect(lines.join('\n')).toBe(tells);
  });

  it('tells of every name that the inventory does not know', () => {
    const told = tell((problems) => problems.attempt(() => selectHosts(inventory, 'wbe1,web,!nope,x*')));
    expect(told.map(({ message }) => message)).toEqual([
      'the inventory has no host or group `wbe1`',
      'the inventory has no host or group `nope`',
      'nothing in the inventory matches `x*`',
    ]);
  });
});
