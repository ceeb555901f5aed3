import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import type { ConnectionSettings } from '../../src/transport/connect.ts';
import { fingerprint } from '../../src/transport/host-key.ts';
import { KnownHosts } from '../../src/transport/known-hosts.ts';
import {
  generateKey,
  publicKeyOf,
  startSshServer,
  type TestServer,
  type TestServerOptions,
} from '../support/ssh-server.ts';
import { connectTo, scratchFolder, settingsFor } from '../support/transport.ts';

const servers: TestServer[] = [];
async function start(options: TestServerOptions): Promise<TestServer> {
  const server = await startSshServer(options);
  servers.push(server);
  return server;
}

// What the one who runs the tests has in their home must not matter.
beforeEach(() => {
  vi.stubEnv('SSH_AUTH_SOCK', '');
  vi.stubEnv('HOME', scratchFolder());
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function keyFile(text: string): string {
  const file = join(scratchFolder(), 'id');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** OpenSSH's own agent, which knows one key. */
function startAgent(key: string) {
  const socket = join(scratchFolder(), 'agent');
  const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
  execFileSync('ssh-add', ['-q', keyFile(key)], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return { socket, end: () => process.kill(pid) };
}

/** What a login ends in: the output of a command, or the code and the message of the refusal. */
async function attempt(settings: ConnectionSettings, knownHosts?: KnownHosts): Promise<string> {
  try {
    const connection = await connectTo(settings, { ...(knownHosts && { knownHosts }) });
    const { stdout } = await (await connection.remote()).query(['echo', 'in']);
    await connection.close();
    return stdout.trim();
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const [{ code, message, help }] = error.diagnostics;
    expect(help).toBeTruthy();
    return `${code} ${message}`;
  }
}

describe('logging in', () => {
  const ed25519 = generateKey();
  const rsa = generateKey('rsa');
  const ecdsa = generateKey('ecdsa');
  const locked = generateKey('ed25519', 'correct horse');

  test.each([
    ['an ed25519 key', ed25519, {}],
    ['an RSA key', rsa, {}],
    ['an ECDSA key', ecdsa, {}],
    ['an encrypted key and its passphrase', locked, { passphrase: 'correct horse' }],
  ])('works with %s', async (_title, key, more) => {
    const server = await start({ authorizedKeys: [key.public] });
    expect(await attempt(settingsFor(server, { privateKeyFile: keyFile(key.private), ...more }))).toBe('in');
  });

  test.each([
    ['a password', false],
    ['a password that is asked for by keyboard-interactive', true],
  ])('works with %s', async (_title, interactive) => {
    const server = await start({ password: 'sesame', interactive });
    expect(await attempt(settingsFor(server, { password: 'sesame' }))).toBe('in');
  });

  test('works with a password after a key that the host does not take', async () => {
    const server = await start({ password: 'sesame' });
    const settings = settingsFor(server, { privateKeyFile: keyFile(ed25519.private), password: 'sesame' });
    expect(await attempt(settings)).toBe('in');
  });

  test('works with the usual key of the home folder', async () => {
    const home = scratchFolder();
    vi.stubEnv('HOME', home);
    mkdirSync(join(home, '.ssh'));
    writeFileSync(join(home, '.ssh', 'id_ed25519'), ed25519.private);
    const server = await start({ authorizedKeys: [ed25519.public] });
    expect(await attempt(settingsFor(server))).toBe('in');
  });

  test('works with a key that only an agent has', async () => {
    const agent = startAgent(ed25519.private);
    const server = await start({ authorizedKeys: [ed25519.public] });
    vi.stubEnv('SSH_AUTH_SOCK', agent.socket);
    expect(await attempt(settingsFor(server))).toBe('in');
    agent.end();
    expect(await attempt(settingsFor(server))).toContain('PV4004');
  });

  test.each([
    [
      'a wrong password',
      { password: 'wrong' },
      'PV4004 alfa: 127.0.0.1 does not let tester log in (tried: password, keyboard-interactive)',
    ],
    [
      'nothing to try',
      {},
      'PV4004 alfa: 127.0.0.1 does not let tester log in (there was nothing to try: no key, agent or password)',
    ],
  ])('says what was tried, with %s', async (_title, more, told) => {
    const server = await start({ password: 'sesame', interactive: true });
    expect(await attempt(settingsFor(server, more))).toBe(told);
  });

  test.each([
    [
      'is missing',
      '/nonexistent/id',
      {},
      'PV4008 the private key /nonexistent/id cannot be read: there is no such file',
    ],
    ['is a folder', tmpdir(), {}, 'cannot be read: it is a folder'],
    ['is none', keyFile('not a key'), {}, 'is not a private key that can be read'],
    ['is the public half', keyFile(`${ed25519.public}\n`), {}, 'is not a private key that can be read'],
    ['is encrypted', keyFile(locked.private), {}, 'is encrypted, and no passphrase is given'],
    ['is encrypted otherwise', keyFile(locked.private), { passphrase: 'no' }, 'does not open: wrong passphrase'],
  ])('refuses a key file that %s, before anything is sent', async (_title, privateKeyFile, more, told) => {
    const server = await start({ authorizedKeys: [locked.public] });
    expect(await attempt(settingsFor(server, { privateKeyFile, ...more }))).toContain(told);
    expect(server.counts.logins).toBe(0);
  });

  test('tells a refused connection, a name without an address and a wrong protocol apart', async () => {
    const server = await start({ password: 'x' });
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', () => resolve()));
    const { port } = web.address() as { port: number };
    const closed = await start({});
    await closed.close();
    const settings = settingsFor(server);
    expect(await attempt({ ...settings, port: closed.port })).toContain('PV4002 alfa: 127.0.0.1 refuses connections');
    expect(await attempt({ ...settings, host: 'no.such.host.invalid' })).toContain('PV4001');
    expect(await attempt({ ...settings, port })).toContain('PV4012');
    web.close();
  });

  test('gives up on a host that takes the connection and says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
    const { port } = silent.address() as { port: number };
    const server = await start({});
    const settings = settingsFor(server, { port, password: 'x', connectTimeout: 1 });
    expect(await attempt(settings)).toBe(`PV4003 alfa: 127.0.0.1:${port} does not answer in time`);
    silent.close();
  });
});

describe('the host key', () => {
  const hostKeys = [generateKey('ecdsa').private, generateKey('ed25519').private];

  function files(project: string, user: string): KnownHosts {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'project'), project);
    writeFileSync(join(folder, 'user'), user);
    return new KnownHosts({ project: join(folder, 'project'), user: [join(folder, 'user')] });
  }

  /** As `ssh-keygen -H` writes a name. */
  function hashed(name: string): string {
    const salt = randomBytes(20);
    return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
  }

  async function attemptWith(project: string, user: string): Promise<string> {
    const server = await start({ password: 'x', hostKeys });
    const place = `[127.0.0.1]:${server.port}`;
    const { hostKey: _none, ...settings } = settingsFor(server, { password: 'x' });
    const text = user.replaceAll('PLACE', place).replaceAll('HASHED', hashed(place));
    return attempt(settings, files(project, text));
  }

  const [ecdsa = '', ed25519 = ''] = hostKeys.map(publicKeyOf);
  const other = publicKeyOf(generateKey().private);

  test.each([
    ['by name in the project', `alfa ${ecdsa}\n`, ''],
    ['by name in the project, though its second key', `alfa ${ed25519}\n`, ''],
    ['by address and port in the file of the user', '', `PLACE ${ed25519}\n`],
    ['by a hashed name', '', `HASHED ${ed25519}\n`],
    ['by a list of names', '', `bravo,PLACE,charlie ${ecdsa}\n`],
    ['by the project, whatever the user has', `alfa ${ecdsa}\n`, `PLACE ${other}\n`],
  ])('is accepted when known %s', async (_title, project, user) => {
    expect(await attemptWith(project, user)).toBe('in');
  });

  test.each([
    ['nowhere', '', '', /^PV4006 the host key of alfa \(127\.0\.0\.1:\d+\) is not known: SHA256:[\w+/]{43}$/],
    [
      'as another one',
      `alfa ${other}\n`,
      '',
      /^PV4005 alfa .* shows the host key \S+ SHA256:\S+ but is known by ssh-ed25519 SHA256:/,
    ],
    ['for another port only', '', `127.0.0.1 ${ed25519}\n`, /^PV4006/],
    ['as one of an authority, which is not understood', '', `@cert-authority PLACE ${ed25519}\n`, /^PV4006/],
    ['but revoked', `alfa ${ecdsa}\n`, `@revoked PLACE ${ecdsa}\n`, /^PV4013/],
  ])('is refused when known %s', async (_title, project, user, told) => {
    expect(await attemptWith(project, user)).toMatch(told);
  });

  test('that is unknown comes with the command that accepts it', async () => {
    const server = await start({ password: 'x', hostKeys: [hostKeys[1] ?? ''] });
    const { hostKey: _none, ...settings } = settingsFor(server, { password: 'x' });
    const folder = scratchFolder();
    const knownHosts = new KnownHosts({ project: join(folder, 'known_hosts'), user: [] });
    const refused = await connectTo(settings, { knownHosts }).catch((error: unknown) => error);
    const help = refused instanceof ProvisionError ? (refused.diagnostics[0].help ?? '') : '';
    const command = help.slice(help.indexOf('echo '));
    execFileSync('sh', ['-c', command]);
    expect(await attempt(settings, knownHosts)).toBe('in');
  });

  test('may be given by its fingerprint in the inventory', async () => {
    const shown = fingerprint(Buffer.from(ecdsa.split(' ')[1] ?? '', 'base64'));
    const server = await start({ password: 'x', hostKeys: [hostKeys[0] ?? ''] });
    expect(await attempt(settingsFor(server, { password: 'x', hostKey: shown }))).toBe('in');
    expect(await attempt(settingsFor(server, { password: 'x', hostKey: 'SHA256:other' }))).toContain('PV4005');
  });
});

describe('jump hosts', () => {
  const key = generateKey();

  async function chain() {
    const [first, second] = [
      await start({ authorizedKeys: [key.public] }),
      await start({ authorizedKeys: [key.public] }),
    ];
    const target = await start({ password: 'only for the target' });
    const folder = scratchFolder();
    const lines = [first, second].map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`);
    writeFileSync(join(folder, 'user'), lines.join(''));
    const knownHosts = new KnownHosts({ project: join(folder, 'project'), user: [join(folder, 'user')] });
    const settings = settingsFor(target, {
      password: 'only for the target',
      privateKeyFile: keyFile(key.private),
      jump: `tester@127.0.0.1:${first.port},127.0.0.1:${second.port}`,
    });
    return { first, second, target, settings, knownHosts };
  }

  test('are passed one after the other', async () => {
    const { first, second, target, settings, knownHosts } = await chain();
    expect(await attempt(settings, knownHosts)).toBe('in');
    expect([first, second, target].map(({ counts }) => [counts.logins, counts.sessions])).toEqual([
      [1, 0],
      [1, 0],
      [1, 1],
    ]);
  });

  test('must show a known key, each its own', async () => {
    const { settings } = await chain();
    expect(await attempt(settings)).toMatch(/^PV4006 the host key of \[127\.0\.0\.1\]:\d+ /);
  });

  test('that do not let us in are named', async () => {
    const { settings, knownHosts, first } = await chain();
    const jump = `nobody@127.0.0.1:${first.port}`;
    expect(await attempt({ ...settings, jump }, knownHosts)).toMatch(
      /^PV4010 alfa: the jump host nobody@127\.0\.0\.1 failed: /,
    );
  });

  test('that cannot reach the next one are named', async () => {
    const { settings, knownHosts, target } = await chain();
    await target.close();
    expect(await attempt(settings, knownHosts)).toMatch(/^PV4010 alfa: the jump host 127\.0\.0\.1 cannot reach /);
  });
});
