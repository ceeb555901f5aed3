import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FoundProcess {
  readonly pid: number;
  readonly argv: readonly string[];
}

/**
 * Processes by what they were started with. A pid file can lie after a crash; an argument such as
 * `--machine=provision-lab-hypervisor1`, which only we give, cannot.
 */
export async function findProcesses(matches: (argv: readonly string[]) => boolean): Promise<readonly FoundProcess[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(name), argv: text.split('\0').slice(0, -1) };
    }),
  );
  return found.filter(({ argv }) => argv.length > 0 && matches(argv));
}

export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Ends processes for good and waits until they are gone. */
export async function endProcesses(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGKILL');
  for (let tries = 0; pids.some((pid) => signal(pid, 0)); tries += 1) {
    if (tries > 500) throw new Error(`process ${pids.join(', ')} does not end, not even when killed`);
    await sleep(20);
  }
}

export function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
