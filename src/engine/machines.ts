import { type Diagnostic, problem } from '../core/diagnostic.ts';
import type { Traffic } from '../core/event.ts';
import type { Remote } from '../core/plan.ts';
import type { Host } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';
import { isUnevaluated, type Unevaluated } from '../load/setting.ts';
import { evaluate } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { type ConnectionSettings, connect } from '../transport/connect.ts';
import { connectionSettings, type SshMap } from './connection-settings.ts';
import { acquireLock, type Lock } from './lock.ts';
import { Machine } from './machine.ts';
import { neededLater } from './needed-later.ts';
import type { HostState } from './play-context.ts';
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
  /** Called at the last moment before anything leaves for a host. */
  readonly beforeSending?: () => void;
}

/** What a task says, or what is around it, of whom to become. */
type Becoming = Pick<Task, 'become' | 'becomeUser'>;

/** So many connections are kept open for hosts that are needed again. */
const idleLimit = 100;
/** So many may be closing while others work. */
const leavingLimit = 10;

/** The machines of a run, each connected when a task first needs it. */
export class Machines {
  private readonly machines = new Map<string, Machine>();
  /** Those whose hosts are through for now. */
  private readonly idle = new Set<string>();
  private readonly leaving = new Set<Promise<void>>();
  private neededLater: ((host: string, play: Play) => boolean) | undefined;
  private readonly sshMaps = new Map<string, SshMap>();
  private readonly settingsOf = new Map<string, ConnectionSettings>();
  private readonly request: RunRequest;
  private readonly owner: RunOwner;

  constructor(request: RunRequest, owner: RunOwner) {
    this.request = request;
    this.owner = owner;
  }

  get(name: string): Machine {
    this.idle.delete(name);
    const known = this.machines.get(name);
    if (known) return known;
    const host = this.host(name);
    const machine = new Machine(name, {
      connect: () => this.connect(host),
      ...(!this.request.check && { lock: (remote) => this.lock(name, remote) }),
    });
    this.machines.set(name, machine);
    return machine;
  }

  /**
   * A host is through for now. Its connection is closed, unless the host is needed again: then it is kept as long as
   * few are. The first stay, not the last, for the first come first in the next play, too.
   */
  async rest(host: HostState, play: Play): Promise<void> {
    const machine = this.machines.get(host.name);
    if (!machine || machine.used) return;
    if (this.isNeededAgain(host, play) && this.idle.size < idleLimit) {
      this.idle.add(host.name);
      return;
    }
    const gone = machine.close().finally(() => this.leaving.delete(gone));
    this.leaving.add(gone);
    if (this.leaving.size >= leavingLimit) await Promise.race(this.leaving);
  }

  /** As whom a task acts: the nearest word of its own file, then that of the inventory. `scope`: for its expressions. */
  identity(task: Becoming, machine: string, scope?: () => Scope): { readonly user: string } | undefined {
    const ssh = this.ssh(this.host(machine));
    if (!(task.become ?? ssh.become ?? false)) return undefined;
    const { becomeUser = ssh.become_user ?? 'root' } = task;
    return { user: isUnevaluated(becomeUser) && scope ? userOf(becomeUser, scope()) : String(becomeUser) };
  }

  /** Lets a step on one machine work with another one, whose lock the run then has, too. */
  async elsewhere<T>(name: string, work: (remote: Remote) => Promise<T>): Promise<T> {
    const machine = this.get(name);
    const done = machine.use();
    try {
      const hold = await machine.hold(this.identity({}, name));
      await hold.locked();
      return await work(hold.remote);
    } finally {
      done();
    }
  }

  /** Of every machine that was reached. */
  get traffic(): Record<string, Traffic> {
    const machines = [...this.machines.values()];
    return Object.fromEntries(machines.flatMap(({ name, traffic }) => (traffic ? [[name, traffic] as const] : [])));
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

  private isNeededAgain({ name, ended, notified }: HostState, play: Play): boolean {
    if (ended !== undefined) return false;
    this.neededLater ??= neededLater(this.request);
    return notified.size > 0 || this.neededLater(name, play);
  }

  private async connect(host: Host) {
    const { knownHosts, secrets } = this.request;
    const onLogInAgain = (): void => this.owner.warn(lostAndFound(host.name));
    const { forks, beforeSending } = this.owner;
    const context = { knownHosts, secrets, onLogInAgain, ...(beforeSending && { beforeSending }) };
    return forks.wait(connect(this.settings(host), context));
  }

  private settings(host: Host): ConnectionSettings {
    const known = this.settingsOf.get(host.name) ?? this.evaluateSettings(host);
    this.settingsOf.set(host.name, known);
    return known;
  }

  private evaluateSettings(host: Host): ConnectionSettings {
    const { inventory, passwords } = this.request;
    return connectionSettings(host, (other) => this.ssh(other), { inventory, passwords, scope: this.scope(host) });
  }

  /** Where the run has the lock already, by another name of the same machine, that name keeps it for this one, too. */
  private async lock(name: string, remote: Remote): Promise<Lock> {
    const { run, user } = this.owner;
    const folder = this.request.lockFolder?.(name);
    const acquire = () => acquireLock(remote, { run, user, machine: name, ...(folder !== undefined && { folder }) });
    const lock = await acquire();
    const holder = lock.sharedWith === name ? undefined : this.machines.get(lock.sharedWith ?? '');
    if (!holder) return lock;
    if (!holder.connected) {
      await holder.close();
      return acquire();
    }
    const done = holder.use();
    return { ...lock, release: async () => done() };
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

function userOf({ text, at }: Unevaluated, scope: Scope): string {
  const user = evaluate(text, scope, () => at);
  if (typeof user === 'string' && user !== '') return user;
  throw problem('PV1105', '`become_user` must be the name of a user', { at, help: 'an expression that gives a text' });
}
