import { afterAll, beforeAll, expect, test } from 'vitest';
import { acquireLock } from '../../src/engine/lock.ts';
import { type Connection, type ConnectionSettings, LostConnection } from '../../src/transport/connect.ts';
import { hostExec, labHost, labStatus, resetHost } from '../support/lab.ts';
import { connectTo } from '../support/transport.ts';

/** Not the one where the other tests have their guests. */
const host = 'hypervisor2';
let settings: ConnectionSettings;

beforeAll(async () => {
  await resetHost(host);
  const { privateKeyFile } = await labStatus();
  const { address } = await labHost(host);
  const { stdout } = await hostExec(host, ['cat', '/etc/ssh/ssh_host_ed25519_key.pub']);
  settings = { name: host, kind: 'ssh', host: address, port: 22, user: 'root', privateKeyFile, hostKey: stdout };
});
afterAll(() => resetHost(host));

async function inside<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connectTo(settings);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function lockHolders(): Promise<number> {
  const { stdout } = await hostExec(host, ['sh', '-c', 'grep -lsa "provision-loc[k]" /proc/[0-9]*/cmdline']);
  return stdout.split('\n').filter(Boolean).length;
}

test('more long commands than the host opens channels for wait for each other', async () => {
  const outputs = await inside(async (connection) => {
    const remote = await connection.remote();
    const numbers = Array.from({ length: 12 }, (_, number) => String(number));
    const argv = (number: string) => ['sh', '-c', 'sleep 1; echo "$1"', 'x', number];
    return Promise.all(numbers.map((number) => remote.run(argv(number), { lasting: true })));
  });
  expect(outputs.map(({ stdout }) => Number(stdout))).toEqual(outputs.map((_, number) => number));
});

test('a cable that is pulled out is noticed on both sides, and the lock goes away', async () => {
  const connection = await connectTo(settings);
  const remote = await connection.remote();
  await acquireLock(remote, { run: 'cut', user: 'test', machine: host });
  expect(await lockHolders()).toBe(1);
  const lost = remote.run(['sleep', '300'], { lasting: true }).catch((error: unknown) => error);
  await hostExec(host, ['ip', 'link', 'set', 'eth0', 'down']);
  const started = performance.now();
  expect(await lost).toBeInstanceOf(LostConnection);
  expect(performance.now() - started).toBeLessThan(60_000);
  await expect.poll(lockHolders, { timeout: 60_000 }).toBe(0);
  await hostExec(host, ['ip', 'link', 'set', 'eth0', 'up']);
  await connection.close();
  const again = async (next: Connection): Promise<void> =>
    (await acquireLock(await next.remote(), { run: 'next', user: 'test', machine: host })).release();
  // Whose address was not answered is asked again after a moment only.
  const taken = () => inside(again).then(() => 'taken', String);
  await expect.poll(taken, { timeout: 60_000 }).toBe('taken');
});
