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

test('a cut cable does not keep us from logging in again: once, for all who ask', async () => {
  const tries: number[] = [];
  const again = await connectTo(settingsFor(server, { password: 'x' }), {
    onLogInAgain: (attempt) => tries.push(attempt),
  });
  const before = await again.remote();
  expect((await before.query(['echo', 'a'])).stdout).toBe('a\n');
  server.cut();
  await expect(before.query(['true'])).rejects.toBeInstanceOf(LostConnection);
  const [after, same] = await Promise.all([again.remote(), again.remote()]);
  expect(after).toBe(same);
  expect((await after.query(['echo', 'b'])).stdout).toBe('b\n');
  await expect(before.query(['true'])).rejects.toBeInstanceOf(LostConnection);
  expect(again.traffic.logins).toBe(2);
  expect(tries).toEqual([1]);
  await again.close();
  await expect(again.remote()).rejects.toBeInstanceOf(LostConnection);
});

test('a host that is gone is asked three times, one that refuses us once', async () => {
  const tries: number[] = [];
  const settings = settingsFor(server, { password: 'x' });
  const gone = await connectTo(settings, { onLogInAgain: (attempt) => tries.push(attempt) });
  const remote = await gone.remote();
  await server.close();
  await expect(remote.query(['true'])).rejects.toBeInstanceOf(LostConnection);
  await expect(gone.remote()).rejects.toMatchObject({ diagnostics: [{ code: 'PV4002' }] });
  expect(tries).toEqual([1, 2, 3]);
  server = await startSshServer({ password: 'another', port: settings.port });
  await expect(gone.remote()).rejects.toMatchObject({ diagnostics: [{ code: 'PV4005' }] });
  expect(tries).toEqual([1, 2, 3, 1]);
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
