import { describe, expect, it } from 'vitest';
import { expandRange } from '../../../src/load/host-range.ts';

describe('expandRange', () => {
  it.each([
    ['alfa', 'alfa'],
    ['web[1:3]', 'web1 web2 web3'],
    ['web[08:11]', 'web08 web09 web10 web11'],
    ['web[001:002].example.org', 'web001.example.org web002.example.org'],
    ['n[0:10:5]', 'n0 n5 n10'],
    ['db-[a:c]', 'db-a db-b db-c'],
    ['[A:B][1:2]', 'A1 A2 B1 B2'],
    ['web[7:7]', 'web7'],
  ])('takes %s for %s', (name, hosts) => {
    expect(expandRange(name)?.join(' ')).toBe(hosts);
  });

  it.each([
    'web[1:',
    'web]',
    'web[]',
    'web[3:1]',
    'web[1:a]',
    'web[a:B]',
    'web[1:2:0]',
    'web[1:2:3:4]',
    'w[0:999][0:999]',
  ])('refuses %s', (name) => {
    expect(expandRange(name)).toBeUndefined();
  });
});
