import { spawn } from 'node:child_process';
import { createConnection, createServer } from 'node:net';
import { userInfo } from 'node:os';
import type { Sockets } from '../core/plan.ts';
import { type Channel, type Ending, type Link, lastWordsMs } from './channel.ts';

const patienceMs = 500;

/** This machine itself, by the same shells as any other host. */
export function openLocal(): Link {
  const open = new Set<Channel>();
  return {
    user: userInfo().username,
    lost: false,
    ...localSockets,
    async openChannel(command) {
      const channel = startShell(command);
      open.add(channel);
      void channel.closed.then(() => open.delete(channel));
      return channel;
    },
    async close() {
      for (const channel of open) channel.close();
      await Promise.all([...open].map((channel) => channel.closed));
    },
  };
}

const localSockets: Sockets = {
  listenOn(path, onConnection) {
    const server = createServer({ allowHalfOpen: true }, onConnection);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve(async () => void server.close()));
    });
  },
  connectTo(path) {
    const socket = createConnection({ path, allowHalfOpen: true });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => resolve(socket));
    });
  },
};

function startShell(command: string): Channel {
  // A process group of its own: Ctrl-C on the terminal is for provision, which then ends its commands in good order.
  const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true });
  const closed = new Promise<Ending>((resolve) => {
    child.on('error', (error) => resolve({ why: error.message }));
    const ended = (code: number | null): void => resolve(code === null ? {} : { exit: code });
    child.on('close', ended);
    // What it left in the background may hold the streams open for ever.
    child.on('exit', (code) => setTimeout(ended, lastWordsMs, code).unref());
  });
  child.stdin.on('error', () => undefined);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    closed,
    close() {
      // The end of its input ends a shell; one that still waits for a command is told so.
      child.stdin.destroy();
      const timer = setTimeout(() => child.kill('SIGTERM'), patienceMs);
      void closed.then(() => clearTimeout(timer));
    },
  };
}
