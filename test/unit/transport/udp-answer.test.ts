import dgram from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { knockUdp } from '../../../src/transport/udp-answer.ts';

const servers: dgram.Socket[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The port of a server on the loopback that does this with what it is sent. */
async function serve(type: 'udp4' | 'udp6', answer: (server: dgram.Socket, to: dgram.RemoteInfo) => void) {
  const server = dgram.createSocket(type);
  servers.push(server);
  server.on('message', (_text, from) => answer(server, from));
  await new Promise<void>((resolve) => server.bind(0, type === 'udp4' ? '127.0.0.1' : '::1', resolve));
  return server.address().port;
}

test.each([
  ['udp4', '127.0.0.1'],
  ['udp6', '::1'],
] as const)('a server answers, %s', async (type, host) => {
  const port = await serve(type, (server, { port: to, address }) => server.send('here', to, address));
  expect(await knockUdp(host, port, 5)).toBe('answered');
});

test('a datagram that got lost is sent again', async () => {
  let heard = 0;
  const port = await serve('udp4', (server, { port: to, address }) => {
    heard += 1;
    if (heard === 2) server.send('here', to, address);
  });
  expect(await knockUdp('127.0.0.1', port, 1)).toBe('answered');
});

test('a port that nobody listens on refuses', async () => {
  const port = await serve('udp4', () => undefined);
  const [server] = servers.splice(0);
  await new Promise<void>((resolve) => server?.close(resolve));
  expect(await knockUdp('127.0.0.1', port, 5)).toBe('refused');
});

test('a server that says nothing is silent', async () => {
  const port = await serve('udp4', () => undefined);
  expect(await knockUdp('127.0.0.1', port, 0.2)).toBe('silent');
});
