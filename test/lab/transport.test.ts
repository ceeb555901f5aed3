import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { Secrets } from '../../src/core/secret.ts';
import { type Connection, type ConnectionSettings, connect, LostConnection } from '../../src/transport/connect.ts';
import { KnownHosts } from '../../src/transport/known-hosts.ts';
import { hostExec, labStatus, resetHost, upperFiles } from '../support/lab.ts';
import { scratchFolder } from '../support/transport.ts';

const host = 'hypervisor2';
const password = `it's "$(id)" \\`;

/** Accounts as they come: one that sudo asks, one that it does not, one it knows not; one with a strange shell. */
const accounts = `
set -e
for name in asked free stranger noisy foreign; do useradd --create-home --shell /bin/bash $name; done
while IFS= read -r line; do echo "$line"; done | chpasswd
mkdir -p /etc/sudoers.d
echo 'asked ALL=(ALL) ALL' >/etc/sudoers.d/asked
echo 'free ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/free
printf 'echo LOUD; echo louder >&2; stty sane; printf "no line feed"\\n' >/home/noisy/.bashrc
cat >/usr/local/bin/foreign <<'SHELL'
#!/bin/bash
echo 'Welcome to a shell without dollars'
case $2 in
  *'$('*|*';;'*|*'export '*) echo 'syntax error' >&2; exit 2 ;;
  'exec sh -c '*|'exec /bin/sh -c '*) words=\${2#*-c }; words=\${words#?}; exec sh -c "\${words%?}" ;;
  *) echo 'unknown command' >&2; exit 2 ;;
esac
SHELL
chmod 755 /usr/local/bin/foreign
usermod --shell /usr/local/bin/foreign foreign
echo 'Authorised use only. Everything is recorded.' >/etc/issue.net
echo 'Banner /etc/issue.net' >>/etc/ssh/sshd_config
systemctl reload ssh
`;

let address: string;
let hostKey: string;
let privateKeyFile: string;
const open: Connection[] = [];

beforeAll(async () => {
  await resetHost(host);
  const lab = await labStatus();
  address = lab.hosts.find(({ name }) => name === host)?.address ?? '';
  privateKeyFile = lab.privateKeyFile;
  const names = ['asked', 'free', 'stranger', 'noisy', 'foreign'];
  const made = await hostExec(host, ['bash', '-c', accounts], names.map((name) => `${name}:${password}\n`).join(''));
  expect(made.stderr).not.toMatch(/sudoers|chpasswd/);
  hostKey = (await hostExec(host, ['cut', '-d ', '-f1,2', '/etc/ssh/ssh_host_ed25519_key.pub'])).stdout.trim();
});

afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});

async function logIn(more: Partial<ConnectionSettings>): Promise<Connection> {
  const settings = { name: host, kind: 'ssh' as const, host: address, port: 22, user: 'root', hostKey, ...more };
  const knownHosts = new KnownHosts({ project: join(scratchFolder(), 'known_hosts'), user: [] });
  const connection = await connect(settings, { knownHosts, secrets: new Secrets() });
  open.push(connection);
  return connection;
}

async function whoAmI(more: Partial<ConnectionSettings>, as?: string): Promise<string> {
  try {
    const remote = await (await logIn(more)).remote(as === undefined ? undefined : { user: as });
    const { stdout, stderr } = await remote.query(['id', '-un']);
    return `${stdout}${stderr}`.trim();
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.diagnostics[0].code;
  }
}

test('a key and a password open the door, a wrong one does not', async () => {
  expect(await whoAmI({ privateKeyFile })).toBe('root');
  expect(await whoAmI({ user: 'stranger', password })).toBe('stranger');
  expect(await whoAmI({ user: 'stranger', password: 'wrong' })).toBe('PV4004');
});

test('a host that shows another key is not talked to, nor is one that nobody knows', async () => {
  const other = `ssh-ed25519 ${Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0 ').toString('base64')}${'A'.repeat(43)}=`;
  expect(await whoAmI({ privateKeyFile, hostKey: other })).toBe('PV4005');
  const knownHosts = new KnownHosts({ project: join(scratchFolder(), 'known_hosts'), user: [] });
  const settings = { name: host, kind: 'ssh' as const, host: address, port: 22, user: 'root', privateKeyFile };
  await expect(connect(settings, { knownHosts, secrets: new Secrets() })).rejects.toMatchObject({
    diagnostics: [{ code: 'PV4006', help: expect.stringContaining(hostKey) }],
  });
});

test('sudo takes its password, needs none, or says no', async () => {
  expect(await whoAmI({ user: 'asked', password, becomePassword: password }, 'root')).toBe('root');
  expect(await whoAmI({ user: 'asked', password, becomePassword: password }, 'free')).toBe('free');
  expect(await whoAmI({ user: 'asked', password, becomePassword: 'wrong' }, 'root')).toBe('PV4020');
  expect(await whoAmI({ user: 'asked', password }, 'root')).toBe('PV4023');
  expect(await whoAmI({ user: 'free', password }, 'root')).toBe('root');
  expect(await whoAmI({ user: 'stranger', password, becomePassword: password }, 'root')).toBe('PV4022');
});

test('a banner, a loud .bashrc and a shell that is no POSIX shell do not matter', async () => {
  expect(await whoAmI({ user: 'noisy', password })).toBe('noisy');
  expect(await whoAmI({ user: 'foreign', password })).toBe('foreign');
});

test('five megabytes of any bytes come through, and back', async () => {
  const content = randomBytes(5 * 1024 * 1024);
  const remote = await (await logIn({ privateKeyFile })).remote();
  await remote.write({ path: '/srv/bytes', content, mode: '0640' });
  const copy = (await upperFiles(host)).find(({ path }) => path === '/srv/bytes');
  expect(copy?.size).toBe(content.length);
  const { hosts } = await labStatus();
  const upper = hosts.find(({ name }) => name === host)?.upper;
  expect((await readFile(`${upper}/srv/bytes`)).equals(content)).toBe(true);
  const read: Buffer[] = [];
  for (let offset = 0; offset < content.length; ) {
    const chunk = await remote.readFrom('/srv/bytes', offset);
    if (!chunk || chunk.length === 0) break;
    read.push(Buffer.from(chunk));
    offset += chunk.length;
  }
  expect(Buffer.concat(read).equals(content)).toBe(true);
});

test('many requests cost one login and one channel a user', async () => {
  const connection = await logIn({ user: 'free', password });
  const remotes = [await connection.remote(), await connection.remote({ user: 'root' })];
  const asked = Array.from({ length: 100 }, (_, index) => remotes[index % 2]?.query(['echo', String(index)]));
  const answers = await Promise.all(asked);
  expect(answers.map((answer) => answer?.stdout)).toEqual(Array.from({ length: 100 }, (_, index) => `${index}\n`));
  expect(connection.traffic).toMatchObject({ logins: 1, channels: 2 });
  expect(connection.traffic.roundTrips).toBeLessThan(20);
});

test('a link that is cut ends what waits for an answer, and whatever comes later', async () => {
  const connection = await logIn({ user: 'stranger', password });
  const remote = await connection.remote();
  const waiting = remote.query(['sleep', '30']).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await hostExec(host, ['pkill', '-KILL', '-f', 'sshd: stranger']);
  expect(await waiting).toBeInstanceOf(LostConnection);
  await expect(remote.query(['true'])).rejects.toBeInstanceOf(LostConnection);
});
