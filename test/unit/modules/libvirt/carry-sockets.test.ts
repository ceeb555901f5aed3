import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carrySockets } from '../../../../src/modules/libvirt/carry-sockets.ts';
import type { Connection } from '../../../../src/transport/connect.ts';
import { connectHere, scratchFolder } from '../../../support/transport.ts';

const folder = scratchFolder();
const [near, far, nobody] = ['near', 'far', 'nobody'].map((name) => join(folder, name)) as [string, string, string];
let connection: Connection;
let server: Server;

beforeAll(async () => {
  connection = await connectHere();
  server = createServer({ allowHalfOpen: true }, answer);
  await new Promise<void>((resolve) => server.listen(far, resolve));
});

afterAll(async () => {
  server.close();
  await connection.close();
  rmSync(folder, { recursive: true });
});

/** Answers only when it has heard the whole. */
function answer(socket: Socket): void {
  let heard = 0;
  socket.on('data', (chunk) => {
    heard += chunk.length;
  });
  socket.on('end', () => socket.end(`heard ${heard}`));
}

test('a question goes one way to its end, and the answer the other', async () => {
  const remote = await connection.remote();
  const carried = await carrySockets([{ from: near, to: far }], { source: remote, target: remote });
  const socket = createConnection({ path: near, allowHalfOpen: true });
  socket.end('x'.repeat(3_000_000));
  expect(await text(socket)).toBe('heard 3000000');
  await carried.stop();
  expect(carried.failures).toEqual([]);
});

test('where nobody listens the conversation ends, and it is known why', async () => {
  const remote = await connection.remote();
  const carried = await carrySockets([{ from: near, to: nobody }], { source: remote, target: remote });
  const socket = createConnection(near);
  await new Promise((resolve) => socket.once('close', resolve));
  await carried.stop();
  expect(carried.failures.map(({ message }) => message)).toEqual([expect.stringContaining('nobody')]);
});
