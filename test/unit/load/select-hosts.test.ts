import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../../src/core/diagnostic.ts';
import { loadInventory, selectHosts } from '../../../src/load/inventory.ts';
import { tell } from './told.ts';

const file = join(mkdtempSync(join(tmpdir(), 'provision-select-')), 'hosts.yml');
writeFileSync(
  file,
  'web: { hosts: { "web[1:3]": } }\ndb: { hosts: { db1: , web3: } }\nempty:\nlone: { hosts: { db-x.example.org: } }\n',
);
const inventory = loadInventory(file, { playbookFolders: [] }, new Problems());

describe('selectHosts', () => {
  it.each([
    ['web2', 'web2'],
    ['web', 'web1 web2 web3'],
    ['all', 'web1 web2 web3 db1 db-x.example.org'],
    ['*', 'web1 web2 web3 db1 db-x.example.org'],
    ['db1,web1', 'web1 db1'],
    ['db1:web1', 'web1 db1'],
    [' db1 , web1 ,', 'web1 db1'],
    ['web:!web2', 'web1 web3'],
    ['!web2,web', 'web1 web3'],
    ['web:&db', 'web3'],
    ['!web', 'db1 db-x.example.org'],
    ['&web:!web1', 'web2 web3'],
    ['web*', 'web1 web2 web3'],
    ['*.example.org', 'db-x.example.org'],
    ['web?', 'web1 web2 web3'],
    ['web[12]', 'web1 web2'],
    ['web[!12]', 'web3'],
    ['d*', 'web3 db1 db-x.example.org'],
    ['empty', ''],
    ['', ''],
  ])('takes %j for %j', (pattern, hosts) => {
    expect(selectHosts(inventory, pattern).join(' ')).toBe(hosts);
  });

  it('tells of every name that the inventory does not know, with the nearest', () => {
    const told = tell((problems) => problems.attempt(() => selectHosts(inventory, 'wbe1,web,!nope,x*')));
    expect(told).toEqual([
      {
        code: 'PV2008',
        message: 'the inventory has no host or group `wbe1`',
        label: 'did you mean `web1`?',
        help: 'its groups are `web`, `db`, `empty`, `lone`',
      },
      { code: 'PV2008', message: 'nothing in the inventory matches `x*`', help: expect.any(String) },
      { code: 'PV2008', message: 'the inventory has no host or group `nope`', help: expect.any(String) },
    ]);
  });
});
