import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../core/diagnostic.ts';

/** File systems that keep what is in them in memory: tmpfs and ramfs. */
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);
const prefix = 'provision-secrets-';

export interface MemoryFolder {
  readonly path: string;
  remove(): void;
}

/**
 * A folder in memory that nobody else can look into, gone when the process ends; one that a killed process left goes, too.
 * @throws ProvisionError PV2206 where `root` is no file system in memory
 */
export function createMemoryFolder(root = '/dev/shm'): MemoryFolder {
  if (!isInMemory(root)) {
    throw problem('PV2206', `${root} is no file system in memory, and secrets never go to a disk in the clear`, {
      help: 'provision secrets set NAME asks for a single one and writes no file in the clear',
    });
  }
  removeForgotten(root);
  const path = mkdtempSync(join(root, `${prefix}${process.pid}-`));
  chmodSync(path, 0o700);
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const leave = (signal: NodeJS.Signals): void => {
    remove();
    process.exit(signal === 'SIGHUP' ? 129 : 143);
  };
  process.once('exit', remove);
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) process.once(signal, leave);
  return {
    path,
    remove() {
      remove();
      process.off('exit', remove);
      for (const signal of ['SIGHUP', 'SIGTERM'] as const) process.off(signal, leave);
    },
  };
}

function isInMemory(folder: string): boolean {
  try {
    return inMemory.has(Number(statfsSync(folder).type));
  } catch {
    return false;
  }
}

/** SIGKILL lets nobody clean up after themselves. */
function removeForgotten(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = /^provision-secrets-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(root, name);
    if (statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()) rmSync(folder, { recursive: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
