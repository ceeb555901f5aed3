import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './processes.ts';

const lockFile = '/run/provision/lab.lock';

/** One `up` or `down` at a time on this machine: labs share the base, the proxy and the packages of the machine. */
export async function withLock<T>(report: (line: string) => void, work: () => Promise<T>): Promise<T> {
  await acquire(report);
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function acquire(report: (line: string) => void): Promise<void> {
  await mkdir(dirname(lockFile), { recursive: true });
  for (let tries = 0; ; tries += 1) {
    const file = await open(lockFile, 'wx').catch(() => undefined);
    if (file) {
      await file.writeFile(String(process.pid));
      return file.close();
    }
    const holder = Number(await readFile(lockFile, 'utf8').catch(() => ''));
    if (tries === 0) report(`waiting for another \`lab\` command (process ${holder})`);
    // An empty file is one whose holder is about to write its number.
    if (holder > 0 && !isAlive(holder)) await rm(lockFile, { force: true });
    await sleep(200);
  }
}
