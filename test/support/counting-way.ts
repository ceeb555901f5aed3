import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that takes its time, and counts how often one had to wait for the other. */
export interface CountingWay {
  readonly port: number;
  /** Round trips one after another so far, that of TCP included. */
  flights(): number;
  /** Bytes that the client sent. */
  sent(): number;
  close(): Promise<void>;
}

const delayMs = 15;

/**
 * No clock is read: what the client sends after something has reached it belongs to the next flight, whatever it was
 * that reached it. So the count is never too low.
 */
export async function startCountingWay(target: number): Promise<CountingWay> {
  let [flight, sent] = [1, 0];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const host = connect(target, '127.0.0.1');
    const reached = { host: 1, client: 1 };
    for (const socket of [client, host]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      sockets.add(socket);
    }
    client.on('data', (chunk: Buffer) => {
      const mine = reached.client + 1;
      flight = Math.max(flight, mine);
      sent += chunk.length;
      later(() => {
        reached.host = Math.max(reached.host, mine);
        host.write(chunk);
      });
    });
    host.on('data', (chunk: Buffer) => {
      const mine = reached.host;
      later(() => {
        reached.client = Math.max(reached.client, mine);
        client.write(chunk);
      });
    });
    client.on('end', () => later(() => host.end()));
    host.on('close', () => later(() => client.destroy()));
    client.on('close', () => host.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    flights: () => flight,
    sent: () => sent,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

function later(work: () => void): void {
  setTimeout(work, delayMs);
}
