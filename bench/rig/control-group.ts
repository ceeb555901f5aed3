import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses } from '../../src/lab/processes.ts';

const version1 = '/sys/fs/cgroup/cpuacct';
const root = existsSync(`${version1}/cgroup.procs`) ? version1 : '/sys/fs/cgroup';

/** Processes whose CPU is counted together, children that outlive their parents too; what a crash left is found in it. */
export class ControlGroup {
  readonly folder: string;

  constructor(name: string) {
    this.folder = `${root}/${name}`;
  }

  make(): void {
    mkdirSync(this.folder, { recursive: true });
  }

  /** Words before a command that start it in this group. */
  words(): readonly string[] {
    return ['sh', '-c', `echo $$ >${this.folder}/cgroup.procs && exec "$@"`, 'sh'];
  }

  cpuSeconds(): number {
    if (root === version1) return Number(readFileSync(`${this.folder}/cpuacct.usage`, 'utf8')) / 1e9;
    const usage = /^usage_usec (\d+)$/m.exec(readFileSync(`${this.folder}/cpu.stat`, 'utf8'));
    return Number(usage?.[1]) / 1e6;
  }

  processes(): readonly number[] {
    if (!existsSync(this.folder)) return [];
    return readFileSync(`${this.folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number);
  }

  /** Ends whatever runs in it, and what that starts meanwhile. */
  async end(): Promise<void> {
    for (let found = this.processes(); found.length > 0; found = this.processes()) await endProcesses(found);
  }

  async remove(): Promise<void> {
    await this.end();
    for (let tries = 0; existsSync(this.folder); tries += 1) {
      try {
        rmdirSync(this.folder);
      } catch (error) {
        // The kernel may need a moment to see that they are gone.
        if (tries > 100) throw error;
        await sleep(20);
      }
    }
  }
}
