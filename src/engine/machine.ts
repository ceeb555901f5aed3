import type { Traffic } from '../core/event.ts';
import type { Remote } from '../core/plan.ts';
import type { Connection } from '../transport/connect.ts';
import { Hold } from './hold.ts';
import type { Lock } from './lock.ts';

export interface Turn {
  /** Lets others have the machine while a task only waits. */
  meanwhile<T>(work: () => Promise<T>): Promise<T>;
  /** Somebody else asks for the machine. */
  readonly wanted: boolean;
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
  private readonly holds = new Map<string, Promise<Hold>>();
  private waiting = 0;
  private turns: Promise<unknown> = Promise.resolve();

  constructor(name: string, access: MachineAccess) {
    this.name = name;
    this.access = access;
  }

  /**
   * The session of one user, opened on first use. What is seen through it is remembered for one turn: after it, others
   * may have changed what there is to see.
   */
  hold(as?: { readonly user: string }): Promise<Hold> {
    const user = as?.user ?? '';
    const known = this.holds.get(user) ?? this.take(user, as);
    this.holds.set(user, known);
    return known;
  }

  private async take(user: string, as: { readonly user: string } | undefined): Promise<Hold> {
    this.connection ??= this.access.connect();
    const remote = await (await this.connection).remote(as);
    // Each user takes the lock where they can: root's keeps all root runs away.
    const lock = this.locks.get(user) ?? this.access.lock?.(remote) ?? Promise.resolve(undefined);
    this.locks.set(user, lock);
    // Whoever is about to change something is told.
    lock.catch(() => undefined);
    return new Hold(remote, lock);
  }

  /** The link was lost while nothing was on its way: what comes next logs in again, and takes the lock anew. */
  forgetLink(): void {
    for (const lock of this.locks.values()) void lock.then((held) => held?.release()).catch(() => undefined);
    this.locks.clear();
    this.holds.clear();
  }

  /** `undefined` where it was not reached. */
  async traffic(): Promise<Traffic | undefined> {
    const connection = await this.connection?.catch(() => undefined);
    return connection && { ...connection.traffic };
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

  /** One host's tasks at a time read, perform and prove here; hosts take turns in the order in which they asked. */
  async exclusively<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    let release = await this.takeTurn();
    const isWanted = (): boolean => this.waiting > 0;
    try {
      return await work({
        get wanted() {
          return isWanted();
        },
        meanwhile: async (waiting) => {
          release();
          try {
            return await waiting();
          } finally {
            release = await this.takeTurn();
          }
        },
      });
    } finally {
      release();
    }
  }

  private async takeTurn(): Promise<() => void> {
    const before = this.turns;
    let release = (): void => undefined;
    this.turns = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.waiting += 1;
    await before;
    this.waiting -= 1;
    this.holds.clear();
    return release;
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
