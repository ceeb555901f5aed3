import { join } from 'node:path';
import { Problems } from '../../src/core/diagnostic.ts';
import type { RunEvent } from '../../src/core/event.ts';
import { Secrets } from '../../src/core/secret.ts';
import { run } from '../../src/engine/run.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { findModule, modules } from '../../src/modules/registry.ts';
import { KnownHosts } from '../../src/transport/known-hosts.ts';

/** What a run cost the process that made it, without the loading of its files. */
export interface RunCost {
  readonly exit: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Bytes in use after a collection, when so many hosts were through. */
  readonly memory: Readonly<Record<number, number>>;
}

export interface MeasuredRun {
  readonly folder: string;
  readonly forks: number;
  readonly check: boolean;
  /** How many hosts are through when memory is looked at. */
  readonly lookAt: readonly number[];
}

/** Runs `site.yml` with `hosts.yml` of the folder; started with --expose-gc, in a process that does nothing else. */
async function measureRun({ folder, forks, check, lookAt }: MeasuredRun): Promise<RunCost> {
  const problems = new Problems();
  const playbook = loadPlaybook(join(folder, 'site.yml'), modules, problems);
  const inventory = loadInventory(join(folder, 'hosts.yml'), { playbookFolders: [folder] }, problems);
  problems.throwIfAny();
  const statuses: Record<string, number> = {};
  const memory: Record<number, number> = {};
  let through = 0;
  const emit = (event: RunEvent): void => {
    if (event.event === 'task.end') statuses[event.status] = (statuses[event.status] ?? 0) + 1;
    if (event.event !== 'host.end') return;
    through += 1;
    if (lookAt.includes(through)) memory[through] = bytesInUse();
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  const exit = await run({
    ...{ inventory, forks, check, emit, playbooks: playbook ? [playbook] : [], modules: findModule },
    ...{ extra: [], prompted: [], tags: [], skipTags: [], diff: false, passwords: {}, secrets: new Secrets() },
    confirm: () => Promise.resolve(true),
    knownHosts: new KnownHosts({ project: join(folder, 'known_hosts'), user: [] }),
    lockFolder: (host) => join(folder, host, 'lock'),
    signal: new AbortController().signal,
  });
  const used = process.cpuUsage(cpu);
  const wallMs = Math.round(performance.now() - started);
  return { exit, statuses, cpuMs: Math.round((used.user + used.system) / 1000), wallMs, memory };
}

function bytesInUse(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const wanted = JSON.parse(process.argv[2] ?? '{}') as MeasuredRun;
process.stdout.write(`${JSON.stringify(await measureRun(wanted))}\n`);
