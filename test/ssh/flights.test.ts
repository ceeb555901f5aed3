import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../src/transport/connect.ts';
import { type CountingWay, startCountingWay } from '../support/counting-way.ts';
import { generateKey, startSshServer, type TestServer } from '../support/ssh-server.ts';
import { connectTo, scratchFolder, settingsFor } from '../support/transport.ts';

const key = generateKey();
const privateKeyFile = join(scratchFolder(), 'id');
writeFileSync(privateKeyFile, key.private, { mode: 0o600 });

let server: TestServer;
let way: CountingWay;
beforeEach(async () => {
  server = await startSshServer({ authorizedKeys: [key.public], password: 'x' });
  way = await startCountingWay(server.port);
});
afterEach(async () => {
  await way.close();
  await server.close();
});

/** How many round trips one after another it takes to log in, to look, and to say good-bye. */
async function flights(
  more: Partial<ConnectionSettings>,
): Promise<readonly [login: number, looks: number, all: number]> {
  const connection = await connectTo({ ...settingsFor(server), port: way.port, ...more });
  const login = way.flights();
  const remote = await connection.remote();
  await Promise.all([remote.run(['true']), remote.stat('/etc/passwd'), remote.query(['true'])]);
  const looks = way.flights();
  await connection.close();
  return [login, looks, way.flights()];
}

// TCP, versions, keys, service, authentication (a key is offered, then shown); channel, shell, looks.
test('a login with a key takes seven round trips, the first looks three, the good-bye none', async () => {
  expect(await flights({ privateKeyFile })).toEqual([7, 10, 10]);
});

test('a password takes one less', async () => {
  expect(await flights({ password: 'x' })).toEqual([6, 9, 9]);
});

test('a login and fifty looks are less than ten kilobytes', async () => {
  const connection = await connectTo({ ...settingsFor(server), port: way.port, privateKeyFile });
  const remote = await connection.remote();
  const names = Array.from({ length: 25 }, (_, index) => `/etc/a-file-with-a-name-of-some-length-${index}.conf`);
  await Promise.all(names.flatMap((name) => [remote.stat(name), remote.digest(name)]));
  await connection.close();
  expect(way.sent()).toBeLessThan(7_000);
  expect(connection.traffic).toMatchObject({ logins: 1, channels: 1, requests: 1, roundTrips: 1 });
});
