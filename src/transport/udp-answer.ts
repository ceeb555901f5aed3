import dgram from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Seconds } from '../core/plan.ts';

/**
 * What comes back for a datagram. `refused`: an ICMP error, port unreachable mostly. `silent`: nothing, which is what
 * a lost or dropped datagram looks like, and a server that does not care for what it was sent.
 */
export type UdpAnswer = 'answered' | 'refused' | 'silent';

/** How often it is sent, for one may be lost. */
const tries = 2;

/** Sends an empty line to a UDP port and waits for what comes back. */
export async function knockUdp(host: string, port: number, timeout: Seconds): Promise<UdpAnswer> {
  const { address, family } = await lookup(host);
  const socket = dgram.createSocket(family === 6 ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const wait = (timeout * 1000) / tries;
    const timers = Array.from({ length: tries }, (_, n) => setTimeout(() => socket.send('\n'), n * wait));
    const end = (answer: UdpAnswer): void => {
      for (const timer of timers) clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    timers.push(setTimeout(() => end('silent'), tries * wait));
    // Only a connected socket hears of ICMP errors.
    socket
      .once('message', () => end('answered'))
      .once('error', () => end('refused'))
      .connect(port, address);
  });
}
