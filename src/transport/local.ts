import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { type Channel, type Ending, type Link, lastWordsMs } from './channel.ts';

const patienceMs = 500;

/** This machine itself, by the same shells as any other host. */
export function openLocal(): Link {
  const open = new Set<Channel>();
  return {
    user: userInfo().username,
    lost: false,
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
