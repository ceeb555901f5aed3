import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Remote } from '../../src/core/plan.ts';
import { type Connection, LostConnection } from '../../src/transport/connect.ts';
import { startSshServer, type TestServer } from '../support/ssh-server.ts';
import { connectTo, settingsFor } from '../support/transport.ts';

let server: TestServer;
let connection: Connection;
let remote: Remote;
beforeEach(async () => {
  server = await startSshServer({ password: 'x' });
  connection = await connectTo(settingsFor(server, { password: 'x' }));
  remote = await connection.remote();
});
afterEach(async () => {
  await connection.close();
  await server.close();
});

const outcomes = async (promises: readonly Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(promises)).map((each) => (each.status === 'rejected' ? each.reason : each.value));

test('a cut cable ends every pending and every later call', async () => {
  const pending = [
    remote.query(['sleep', '30']),
    remote.query(['echo', 'b']),
    remote.run(['sleep', '30'], { lasting: true }),
  ];
  await new Promise((resolve) => setTimeout(resolve, 300));
  server.cut();
  const ended = await outcomes(pending);
  const later = await outcomes([remote.query(['true']), remote.run(['true'], { lasting: true })]);
  expect([...ended, ...later].every((error) => error instanceof LostConnection)).toBe(true);
});

test('a cut cable ends a write, however much of it was still to be sent', async () => {
  const writing = remote.write({ path: '/tmp/provision-never', content: Buffer.alloc(30_000_000) });
  setTimeout(() => server.cut(), 20);
  expect(await outcomes([writing])).toEqual([expect.any(LostConnection)]);
  expect(await connectTo(settingsFor(server, { password: 'x' })).then((other) => other.close())).toBeUndefined();
});

test('a shell that is killed ends what was pending; the next call gets a new one', async () => {
  const pending = outcomes([remote.query(['sleep', '30']), remote.query(['echo', 'b'])]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.killSessions();
  expect((await pending).every((error) => error instanceof LostConnection)).toBe(true);
  expect((await remote.query(['echo', 'again'])).stdout).toBe('again\n');
  expect(server.counts).toEqual({ logins: 1, sessions: 2 });
});

test('requests sent together share a login, a channel and a round trip', async () => {
  const before = { ...connection.traffic };
  await Promise.all([
    remote.stat('/etc/passwd'),
    remote.digest('/etc/passwd'),
    remote.readText('/etc/passwd'),
    remote.query(['true']),
    remote.readFrom('/etc/passwd', 0),
  ]);
  const { traffic } = connection;
  expect(traffic).toMatchObject({ logins: 1, channels: 1, requests: before.requests + 3 });
  expect(traffic.roundTrips - before.roundTrips).toBe(1);
});

test('a long command leaves the others moving, and its channel is used again', async () => {
  const long = remote.run(['sh', '-c', 'sleep 1; echo long'], { lasting: true });
  const order: string[] = [];
  await Promise.all([long.then(() => order.push('long')), remote.query(['true']).then(() => order.push('short'))]);
  expect(order).toEqual(['short', 'long']);
  expect((await long).stdout).toBe('long\n');
  await remote.run(['true'], { lasting: true });
  expect(server.counts.sessions).toBe(2);
});
