import { type Diagnostic, problem } from '../core/diagnostic.ts';
import type { Traffic } from '../core/event.ts';
import type { Host } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';
import type { Scope } from '../render/scope.ts';
import { type ConnectionSettings, connect } from '../transport/connect.ts';
import { connectionSettings, type SshMap } from './connection-settings.ts';
import { acquireLock } from './lock.ts';
import { Machine } from './machine.ts';
import type { RunRequest } from './request.ts';
import type { Forks } from './schedule.ts';
import { createScope } from './scope.ts';

/** Enough to fill a round trip over half the world with looks, and few enough to hold what they see in memory. */
const defaultReadAhead = 64;

export interface RunOwner {
  readonly run: string;
  readonly user: string;
  readonly dataOf: (host: string) => Readonly<Record<string, unknown>>;
  readonly forks: Forks;
  readonly warn: (diagnostic: Diagnostic) => void;
}

/** The machines of a run, each connected when a task first needs it. */
export class Machines {
  private readonly machines = new Map<string, Machine>();
  private readonly sshMaps = new Map<string, SshMap>();
  private readonly request: RunRequest;
  private readonly owner: RunOwner;

  constructor(request: RunRequest, owner: RunOwner) {
    this.request = request;
    this.owner = owner;
  }

  get(name: string): Machine {
    const known = this.machines.get(name);
    if (known) return known;
    const host = this.host(name);
    const { run, user } = this.owner;
    const { lockFolder } = this.request;
    const machine = new Machine(name, {
      connect: () => this.connect(host),
      ...(!this.request.check && {
        lock: (remote) =>
          acquireLock(remote, { run, user, ...(lockFolder !== undefined && { folder: lockFolder(name) }) }),
      }),
    });
    this.machines.set(name, machine);
    return machine;
  }

  /** As whom a task acts: the task's word, then the play's, then the inventory's. */
  identity(task: Task, play: Play, machine: string): { readonly user: string } | undefined {
    const ssh = this.ssh(this.host(machine));
    const become = task.become ?? play.become ?? ssh.become ?? false;
    return become ? { user: task.becomeUser ?? play.becomeUser ?? ssh.become_user ?? 'root' } : undefined;
  }

  /** Of every machine that was reached. */
  async traffic(): Promise<Record<string, Traffic>> {
    const all = await Promise.all(
      [...this.machines.values()].map(async (machine) => [machine.name, await machine.traffic()] as const),
    );
    return Object.fromEntries(all.flatMap(([name, traffic]) => (traffic ? [[name, traffic] as const] : [])));
  }

  async close(): Promise<void> {
    await Promise.all([...this.machines.values()].map((machine) => machine.close()));
  }

  /**
   * How many tasks of a host may be under way at once. Where the host is this machine, a task may write the very file
   * that the next one is made from here; and there is no round trip to save.
   */
  readAhead(name: string): number {
    const { readAhead } = this.request;
    if (readAhead !== undefined) return readAhead;
    try {
      return this.settings(this.host(name)).kind === 'local' ? 1 : defaultReadAhead;
    } catch {
      // What is wrong with its settings is told by the first task.
      return 1;
    }
  }

  private async connect(host: Host) {
    const { knownHosts, secrets } = this.request;
    const onLogInAgain = (): void => this.owner.warn(lostAndFound(host.name));
    return this.owner.forks.wait(connect(this.settings(host), { knownHosts, secrets, onLogInAgain }));
  }

  private settings(host: Host): ConnectionSettings {
    const { inventory, passwords } = this.request;
    const scope = this.scope(host);
    const hypervisor = scope.has('hypervisor') ? String(scope.resolve('hypervisor')) : undefined;
    const options = { inventory, passwords, ...(hypervisor !== undefined && { hypervisor }) };
    return connectionSettings(host, (other) => this.ssh(other), options);
  }

  private ssh(host: Host): SshMap {
    const known = this.sshMaps.get(host.name);
    if (known) return known;
    const ssh = this.scope(host).resolve('ssh') as SshMap;
    this.sshMaps.set(host.name, ssh);
    return ssh;
  }

  private scope(host: Host): Scope {
    const { inventory, extra, secrets } = this.request;
    const { dataOf } = this.owner;
    return createScope({ inventory, host: host.name, layers: host.layers, data: {}, extra, secrets, dataOf });
  }

  private host(name: string): Host {
    const host = this.request.inventory.hosts.get(name);
    if (host) return host;
    throw problem('PV5008', `${name} is not in the inventory`, {
      help: 'name a host of the inventory in `delegate_to`',
    });
  }
}

function lostAndFound(host: string): Diagnostic {
  const help = 'nothing is lost: what was only being looked at is looked at again';
  return { code: 'PV4007', message: `the connection to ${host} was lost; logging in again`, help };
}
