import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../core/diagnostic.ts';
import { execute } from './execute.ts';
import { cacheFolder } from './names.ts';
import { endProcesses, findProcesses } from './processes.ts';

const folder = `${cacheFolder}/proxy`;
export const sharedProxyPort = 31142;

/** One caching proxy for all labs of this machine, on loopback; each lab's server passes its own port on to it. */
export const sharedProxy = `http://127.0.0.1:${sharedProxyPort}/`;

// Without `Remap-` lines every mirror is what its address says; https is passed through uncached.
const configuration = `CacheDir: ${folder}/packages
LogDir: ${folder}/log
SocketPath: ${folder}/socket
PidFile: ${folder}/pid
SupportDir: /usr/lib/apt-cacher-ng
BindAddress: 127.0.0.1
Port: ${sharedProxyPort}
PassThroughPattern: .*
ExThreshold: 90
VerboseLog: 0
`;

export async function startProxy(): Promise<void> {
  if (await answers('127.0.0.1', sharedProxyPort)) return;
  for (const part of ['configuration', 'packages', 'log']) await mkdir(`${folder}/${part}`, { recursive: true });
  await writeFile(`${folder}/configuration/acng.conf`, configuration);
  await execute(['setsid', 'apt-cacher-ng', '-c', `${folder}/configuration`]);
  await waitForPort('127.0.0.1', sharedProxyPort, 10);
}

/** For the last lab that goes. */
export async function stopProxy(): Promise<void> {
  const running = await findProcesses((argv) => argv.includes(`${folder}/configuration`));
  await endProcesses(running.map(({ pid }) => pid));
  await rm(`${folder}/socket`, { force: true });
  await rm(`${folder}/pid`, { force: true });
}

export async function waitForPort(host: string, number: number, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await answers(host, number))) {
    if (Date.now() > end) throw problem('PV5603', `nothing answers on ${host} port ${number} after ${seconds} s`);
    await sleep(50);
  }
}

export function answers(host: string, number: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: number, timeout: 1000 });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}
