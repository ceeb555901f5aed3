import net from 'node:net';
import ssh2 from 'ssh2';
import type { Seconds } from '../core/plan.ts';
import { checkHostKey, type HostPlace } from './host-key.ts';
import type { KnownHosts } from './known-hosts.ts';

/**
 * Why a host is not the one it should be; nothing where it shows a key that it is known by. Nobody logs in: the
 * connection ends as soon as the key is seen.
 */
export function checkShownKey(place: HostPlace, knownHosts: KnownHosts, timeout: Seconds): Promise<string | undefined> {
  const check = checkHostKey(place, knownHosts);
  const client = new ssh2.Client();
  return new Promise((resolve) => {
    let seen = false;
    const end = (why: string | undefined): void => {
      client.end();
      resolve(why);
    };
    client.on('error', (error) => seen || end(`${place.host}:${place.port}: ${error.message}`));
    client.on('close', () => seen || end(`${place.host}:${place.port} closed the connection`));
    client.connect({
      host: place.host,
      port: place.port,
      username: 'nobody',
      readyTimeout: timeout * 1000,
      algorithms: { serverHostKey: check.algorithms },
      hostVerifier: (shown: Buffer) => {
        seen = true;
        end(check.refuse(shown)?.diagnostics[0].message);
        return false;
      },
    });
  });
}

/** The same for keys that somebody else was shown, as `ssh-keyscan` prints them: one that is known is enough. */
export function judgeScannedKeys(place: HostPlace, knownHosts: KnownHosts, scan: string): string | undefined {
  const keys = scan.split('\n').flatMap((line) => /^[^#\s]\S* \S+ (\S+)$/.exec(line.trim())?.[1] ?? []);
  if (keys.length === 0) return `${place.host}:${place.port} shows no SSH host key`;
  const check = checkHostKey(place, knownHosts);
  const refusals = keys.map((key) => check.refuse(Buffer.from(key, 'base64'))?.diagnostics[0].message);
  return refusals.includes(undefined) ? undefined : refusals[0];
}

/** Whether a TCP port lets us in. */
export function opensPort(host: string, port: number, timeout: Seconds): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: timeout * 1000 });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket
      .on('connect', () => end(true))
      .on('timeout', () => end(false))
      .on('error', () => end(false));
  });
}
