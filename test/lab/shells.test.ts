import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Remote } from '../../src/core/plan.ts';
import type { ConnectionSettings } from '../../src/transport/connect.ts';
import { hostExec, labHost, labStatus, resetHost } from '../support/lab.ts';
import { connectTo, emptyKnownHosts } from '../support/transport.ts';

const [host, jumpHost] = ['hypervisor2', 'hypervisor1'];
const password = 'open sesame';

const prepare = `
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --no-install-recommends mksh ksh93u+m busybox fish tcsh >/dev/null
for name in asked free; do useradd --create-home --shell /bin/bash $name; echo "$name:${password}"; done | chpasswd
mkdir -p /etc/sudoers.d
echo 'asked ALL=(ALL) ALL' >/etc/sudoers.d/asked
echo 'free ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/free
echo prepared
`;

let settings: ConnectionSettings;
let jump: string;
const knownHosts = emptyKnownHosts();

const keyOf = async (name: string): Promise<string> =>
  (await hostExec(name, ['cut', '-d ', '-f1,2', '/etc/ssh/ssh_host_ed25519_key.pub'])).stdout.trim();

beforeAll(async () => {
  await resetHost(host);
  const prepared = await hostExec(host, ['bash', '-c', prepare]);
  expect(prepared.stdout, prepared.stderr).toMatch(/prepared\n$/);
  const { privateKeyFile } = await labStatus();
  const { address } = await labHost(host);
  settings = {
    name: host,
    kind: 'ssh',
    host: address,
    port: 22,
    user: 'root',
    privateKeyFile,
    hostKey: await keyOf(host),
  };
  const way = (await labHost(jumpHost)).address;
  jump = `root@${way}`;
  knownHosts.pin(way, [await keyOf(jumpHost)]);
});
afterAll(() => resetHost(host));

/** Each of them as the host's `/bin/sh`. */
const shells = [
  ['dash', '/usr/bin/dash'],
  ['bash', '/usr/bin/bash'],
  ['busybox ash', '/usr/bin/busybox'],
  ['mksh', '/usr/bin/mksh'],
  ['ksh93', '/usr/bin/ksh93'],
] as const;

interface Way {
  readonly title: string;
  readonly as?: string;
  /** The jump host's counts, too. */
  readonly logins?: number;
  settings(): Partial<ConnectionSettings>;
}

const ways: readonly Way[] = [
  { title: 'a key', settings: () => ({}) },
  {
    title: 'sudo with a password',
    settings: () => ({ user: 'asked', password, becomePassword: password }),
    as: 'root',
  },
  { title: 'sudo without a password', settings: () => ({ user: 'free', password }), as: 'root' },
  { title: 'a jump host', settings: () => ({ jump }), logins: 2 },
];

async function fates(work: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((each) => (each.status === 'fulfilled' ? 'done' : each.reason.name));
}

async function tryAll(remote: Remote): Promise<void> {
  const [chain, broken] = [remote.chain(), remote.chain()];
  await remote.run(['rm', '-rf', '/srv/shells']);
  const work = [
    remote.run(['mkdir', '-p', '/srv/shells'], { chain }),
    remote.write({ path: '/srv/shells/file', content: 'text', mode: '0640' }, { chain }),
    remote.run(['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'], { chain: broken, timeout: 0.5 }),
    remote.run(['touch', '/srv/shells/never'], { chain: broken }),
    remote.write({ path: '/srv/shells/never', content: Buffer.alloc(300_000) }, { chain: broken }),
    remote.write({ path: '/srv/shells/large', content: Buffer.alloc(3_000_000, 'x') }, { chain }),
  ];
  const looks = [
    remote.stat('/srv/shells/file'),
    remote.digest('/srv/shells/none'),
    remote.readText('/srv/shells/file'),
    remote.stat('/srv/shells/never'),
    remote.stat('/bin/sh'),
    remote.stat('/srv/shells/large'),
    remote.stat('/srv/shells/file/below'),
  ];
  expect(await fates(work)).toEqual(['done', 'done', 'ProvisionError', 'NotStarted', 'NotStarted', 'done']);
  expect(await Promise.all(looks)).toMatchObject([
    { kind: 'file', mode: '0640', owner: 'root', size: 4 },
    undefined,
    'text',
    undefined,
    { kind: 'link' },
    { size: 3_000_000 },
    undefined,
  ]);
}

describe.each(shells)('%s as /bin/sh', (_title, shell) => {
  beforeAll(() => hostExec(host, ['ln', '-sf', shell, '/bin/sh']));

  test.each(ways)('chains, looks, writes and stopping over $title', async ({ as, logins = 1, ...way }) => {
    const connection = await connectTo({ ...settings, ...way.settings() }, { knownHosts });
    try {
      const remote = await connection.remote(as === undefined ? undefined : { user: as });
      expect(await remote.stat('/bin/sh')).toMatchObject({ target: shell });
      await tryAll(remote);
      expect(connection.traffic).toMatchObject({ logins, channels: 2 });
    } finally {
      await connection.close();
    }
  });
});

test.each(['fish', 'tcsh'])('%s, which is no POSIX shell, as the login shell', async (shell) => {
  expect((await hostExec(host, ['usermod', '--shell', `/usr/bin/${shell}`, 'free'])).exit).toBe(0);
  const connection = await connectTo({ ...settings, user: 'free', password }, { knownHosts });
  try {
    const remote = await connection.remote();
    expect((await remote.query(['getent', 'passwd', 'free'])).stdout.trim()).toMatch(new RegExp(`:/usr/bin/${shell}$`));
    await tryAll(await connection.remote({ user: 'root' }));
  } finally {
    await connection.close();
  }
});
