import type { Remote } from '../core/plan.ts';
import type { Connection } from '../transport/connect.ts';
import type { Lock } from './lock.ts';

/** Lets others have the machine while this task only waits. */
export interface Turn {
  meanwhile<T>(work: () => Promise<T>): Promise<T>;
}

/** How a machine is reached, and how a run takes hold of it. */
export interface MachineAccess {
  connect(): Promise<Connection>;
  /** Takes the run lock; left out in check mode, which takes none. */
  lock?(remote: Remote): Promise<Lock>;
}

/**
 * What tasks really act on: a host, or the one a task is delegated to. Session, lock and turn belong to it, so that
 * guests which delegate to one hypervisor share them.
 */
export class Machine {
  /** In check mode: a task before would have changed something here, so what cannot be read is not a failure. */
  pending = false;
  readonly name: string;
  private readonly access: MachineAccess;
  private connection: Promise<Connection> | undefined;
  private readonly locks = new Map<string, Promise<Lock | undefined>>();
  private turns: Promise<unknown> = Promise.resolve();

  constructor(name: string, access: MachineAccess) {
    this.name = name;
    this.access = access;
  }

  /** The session of one identity, opened on first use; each takes the lock where it can: root's keeps all root runs away. */
  async open(as?: { readonly user: string }): Promise<Remote> {
    this.connection ??= this.access.connect();
    const remote = await (await this.connection).remote(as);
    const user = as?.user ?? '';
    const lock = this.locks.get(user) ?? this.access.lock?.(remote) ?? Promise.resolve(undefined);
    this.locks.set(user, lock);
    (await lock)?.lost.throwIfAborted();
    return remote;
  }

  /** A new login beside the session, closed after the work: whoever changed the firewall must show that they still get in. */
  async fresh<T>(as: { readonly user: string } | undefined, work: (remote: Remote) => Promise<T>): Promise<T> {
    const connection = await this.access.connect();
    try {
      return await work(await connection.remote(as));
    } finally {
      await connection.close();
    }
  }

  /** One task at a time reads, performs and proves here; in the order in which they asked. */
  exclusively<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    let release = (): void => {};
    const take = (): Promise<void> => {
      const before = this.turns;
      this.turns = new Promise<void>((resolve) => {
        release = resolve;
      });
      return before.then(() => {});
    };
    const turn: Turn = {
      meanwhile: async (waiting) => {
        release();
        try {
          return await waiting();
        } finally {
          await take();
        }
      },
    };
    return take()
      .then(() => work(turn))
      .finally(() => release());
  }

  async close(): Promise<void> {
    const connection = await this.connection?.catch(() => undefined);
    if (!connection) return;
    for (const taken of this.locks.values()) {
      const lock = await taken.catch(() => undefined);
      await lock?.release().catch(() => undefined);
    }
    await connection.close();
  }
}
