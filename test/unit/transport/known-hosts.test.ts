import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProvisionError } from '../../../src/core/diagnostic.ts';
import { KnownHosts } from '../../../src/transport/known-hosts.ts';
import { matchesHost, parseKnownHosts } from '../../../src/transport/known-hosts-file.ts';
import { scratchFolder } from '../../support/transport.ts';

/** Both made by `ssh-keygen -H`. */
const hashedPlain = '|1|O7jhXG/7cBfkR6NaktkvN2aozLc=|gqUC7SUWwJlZlBYIPSV6LbkAaWc=';
const hashedPort = '|1|QaunEBk1oIryN1AHlHuTK+CMKyY=|c0D/Q+9Fq0XV+vD/J195S0o/WvE=';

test.each([
  ['guest.example.org', 'guest.example.org', true],
  ['Guest.Example.org', 'guest.example.ORG', true],
  ['guest.example.org', 'guest.example', false],
  ['alfa,guest.example.org,192.0.2.1', '192.0.2.1', true],
  ['*.example.org', 'guest.example.org', true],
  ['*.example.org', 'example.org', false],
  ['192.0.2.?', '192.0.2.7', true],
  ['192.0.2.?', '192.0.2.77', false],
  ['*.example.org,!guest.example.org', 'guest.example.org', false],
  ['*.example.org,!guest.example.org', 'other.example.org', true],
  ['!guest.example.org,*', 'guest.example.org', false],
  ['[guest.example.org]:10022', '[guest.example.org]:10022', true],
  ['[guest.example.org]:10022', 'guest.example.org', false],
  ['[*.example.org]:10022', '[guest.example.org]:10022', true],
  ['g+est.(example)', 'guest.example', false],
  [hashedPlain, 'guest.example.org', true],
  [hashedPlain, 'GUEST.example.org', true],
  [hashedPlain, '[guest.example.org]:10022', false],
  [hashedPlain, 'other.example.org', false],
  [hashedPort, '[guest.example.org]:10022', true],
  ['|1|broken', 'guest.example.org', false],
  ['# guest.example.org', 'guest.example.org', false],
])('a line for %s, asked for %s: %s', (names, name, known) => {
  const [line] = parseKnownHosts(`${names} ssh-ed25519 AAAA a comment\n`);
  expect(line && matchesHost(line, name)).toBe(known);
});

function withProject(text: string): { readonly hosts: KnownHosts; readonly file: string } {
  const file = join(scratchFolder(), 'inventory', 'known_hosts');
  const hosts = new KnownHosts({ project: file, user: [] });
  if (text !== '') {
    hosts.pin('x', []);
    writeFileSync(file, text);
  }
  return { hosts, file };
}

describe('pinning', () => {
  test('makes the file and its folder', () => {
    const { hosts, file } = withProject('');
    hosts.pin('everest', ['ssh-ed25519 AAAA root@everest', 'ssh-rsa BBBB']);
    expect(readFileSync(file, 'utf8')).toBe('everest ssh-ed25519 AAAA\neverest ssh-rsa BBBB\n');
    expect(hosts.pinned('everest')).toEqual(['ssh-ed25519 AAAA', 'ssh-rsa BBBB']);
    expect(readdirSync(dirname(file))).toEqual(['known_hosts']);
  });

  test('replaces what was pinned, and leaves everything else as it is', () => {
    const { hosts, file } = withProject(
      '# guests\neverest ssh-rsa OLD\n\neverest,lhotse ssh-ed25519 BOTH\n@revoked everest ssh-rsa BAD\nk2 ssh-rsa K2\n',
    );
    hosts.pin('everest', ['ssh-ed25519 NEW']);
    expect(readFileSync(file, 'utf8')).toBe(
      '# guests\n\nlhotse ssh-ed25519 BOTH\n@revoked everest ssh-rsa BAD\nk2 ssh-rsa K2\neverest ssh-ed25519 NEW\n',
    );
  });

  test('a name without a line has no key', () => {
    expect(withProject('').hosts.pinned('everest')).toEqual([]);
  });
});

describe('looking a key up', () => {
  test('what the project has for the name counts alone', () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'project'), 'everest ssh-rsa PROJECT\n');
    writeFileSync(
      join(folder, 'user'),
      '192.0.2.1 ssh-rsa USER\n[192.0.2.1]:2222 ssh-rsa PORT\n@revoked * ssh-rsa BAD\n',
    );
    const hosts = new KnownHosts({
      project: join(folder, 'project'),
      user: [join(folder, 'user'), join(folder, 'none')],
    });
    const keys = (name: string, port: number) => hosts.keysFor(name, '192.0.2.1', port).trusted.map(({ key }) => key);
    expect([keys('everest', 22), keys('lhotse', 22), keys('lhotse', 2222), keys('lhotse', 23)]).toEqual([
      ['PROJECT'],
      ['USER'],
      ['PORT'],
      [],
    ]);
    expect(hosts.keysFor('everest', '192.0.2.1', 22).revoked).toMatchObject([
      { key: 'BAD', place: `${folder}/user:3` },
    ]);
  });

  test('what was written meanwhile is seen', () => {
    const { hosts, file } = withProject('everest ssh-rsa ONE\n');
    expect(hosts.pinned('everest')).toEqual(['ssh-rsa ONE']);
    writeFileSync(file, 'everest ssh-rsa TWO\n');
    expect(hosts.pinned('everest')).toEqual(['ssh-rsa TWO']);
  });
});

test('a file that cannot be used is told as such, and is not taken for an empty one', () => {
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  const hosts = new KnownHosts({ project: join(file, 'known_hosts'), user: [] });
  expect(() => hosts.pinned('alfa')).toThrow(/known_hosts cannot be read: ENOTDIR/);
  expect(() => hosts.pin('alfa', ['ssh-ed25519 AAAA'])).toThrow(ProvisionError);
});
