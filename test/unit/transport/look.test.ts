import { expect, test } from 'vitest';
import { parseStat, provesAbsence } from '../../../src/transport/look.ts';

test.each([
  ["stat: cannot statx '/x': No such file or directory", true],
  ["stat: can't stat '/x': No such file or directory", true],
  ['cat: /etc/passwd/x: Not a directory', true],
  ["tail: cannot open '/x' for reading: No such file or directory", true],
  ["stat: cannot statx '/root/x': Permission denied", false],
  ['cat: /x: Is a directory', false],
  ['sh: 1: stat: not found', false],
  ["stat: cannot statx '/: No such file or directory': Permission denied", false],
  ['cat: /nfs/x: Stale file handle', false],
  ['', false],
])('%j proves absence: %s', (complaint, proof) => {
  expect(provesAbsence(complaint)).toBe(proof);
});

test.each([
  ['81a4 12 0:0 root:root\n', { kind: 'file', mode: '0644', owner: 'root', group: 'root', size: 12 }],
  ['41ed 4096 0:0 root:root\n', { kind: 'directory', mode: '0755' }],
  ['43ff 4096 0:0 root:root\n', { kind: 'directory', mode: '1777' }],
  ['a1ff 7 0:0 root:root\nusr/bin', { kind: 'link', mode: '0777', target: 'usr/bin' }],
  ['21b6 0 0:0 root:root\n', { kind: 'other', mode: '0666' }],
  ['89ed 12 1000:33 UNKNOWN:www-data\n', { owner: '1000', group: 'www-data', mode: '4755' }],
  ['81a4 12 7:8 DOMAIN\\ann lee:domain users\n', { owner: 'DOMAIN\\ann lee', group: 'domain users' }],
])('%j is understood', (text, stat) => {
  expect(parseStat(text)).toMatchObject(stat);
});
