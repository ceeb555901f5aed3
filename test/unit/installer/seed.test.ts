import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { responder, seedFiles, seedHome, seedUnits, socketUnit } from '../../../src/installer/seed.ts';

const folder = mkdtempSync(join(tmpdir(), 'seed-'));
const script = join(folder, 'answer.sh');
writeFileSync(script, responder);
chmodSync(script, 0o755);
mkdirSync(join(folder, 'nat/192.168.101.100'), { recursive: true });
writeFileSync(join(folder, 'nat/192.168.101.100/preseed-everest.txt'), 'd-i netcfg/get_hostname string everest\n');
writeFileSync(join(folder, 'nat/192.168.101.100/user-data'), '#cloud-config\n');
writeFileSync(join(folder, 'nat/secret'), 'not for you');
afterAll(() => rmSync(folder, { recursive: true }));

function ask(path: string, address: string, method = 'GET'): string {
  const input = `${method} ${path} HTTP/1.1\r\nHost: 192.168.101.1:2015\r\nUser-Agent: debian-installer\r\n\r\n`;
  const answer = spawnSync('/bin/sh', [script, join(folder, 'nat')], {
    input,
    env: { ...process.env, REMOTE_ADDR: address },
  });
  return answer.stdout.toString();
}

describe('the answer to a request for a seed', () => {
  it('is the seed, for the guest whose address asks', () => {
    expect(ask('/preseed-everest.txt', '192.168.101.100')).toBe(
      'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 39\r\n\r\nd-i netcfg/get_hostname string everest\n',
    );
  });

  it('is what NoCloud asks for, too', () => {
    expect(ask('/user-data', '192.168.101.100')).toMatch(/^HTTP\/1.0 200 .*#cloud-config\n$/s);
    expect(ask('/user-data', '192.168.101.101')).toContain('404');
    expect(ask('/vendor-data', '192.168.101.100')).toContain('404');
  });

  it.each([
    ['another guest', '/preseed-everest.txt', '192.168.101.101', 'GET'],
    ['a seed that does not exist', '/preseed-nanga.txt', '192.168.101.100', 'GET'],
    ['a way out of the folder', '/../secret', '192.168.101.100', 'GET'],
    [
      'a path in the folder of another guest',
      '/preseed-/../../192.168.101.100/preseed-everest.txt',
      '192.168.101.100',
      'GET',
    ],
    ['the folder itself', '/', '192.168.101.100', 'GET'],
    ['another method', '/preseed-everest.txt', '192.168.101.100', 'POST'],
  ])('is 404 for %s', (_, path, address, method) => {
    expect(ask(path, address, method)).toBe('HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  });
});

it('keeps the seed of each guest in a folder of its address', () => {
  expect(seedHome('nat', '192.168.101.100')).toBe('/run/provision/seeds/nat/192.168.101.100');
  expect(Object.keys(seedFiles('file', 'everest', { seed: '' }))).toEqual(['preseed-everest.txt']);
  expect(seedFiles('nocloud', 'everest', { seed: '#cloud-config\n' })).toEqual({
    'user-data': '#cloud-config\n',
    'meta-data': 'instance-id: everest\nlocal-hostname: everest\n',
  });
  const answers = { seed: '#cloud-config\n', metaData: 'instance-id: e1\n', networkConfig: 'version: 2\n' };
  expect(seedFiles('nocloud', 'everest', answers)).toEqual({
    'network-config': 'version: 2\n',
    'user-data': '#cloud-config\n',
    'meta-data': 'instance-id: e1\n',
  });
});

it('has one listener for a network, which comes up even before the network', () => {
  expect(seedUnits('nat').socket).toBe('provision-seed-nat.socket');
  expect(socketUnit({ network: 'nat', listen: '192.168.101.1:2015' })).toMatch(
    /ListenStream=192\.168\.101\.1:2015\n.*FreeBind=yes/s,
  );
});
