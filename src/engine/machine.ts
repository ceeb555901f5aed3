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
  private locks = new Map<string, Promise<Lock | undefined>>();
  private readonly holds = new Map<string, Promise<Hold>>();
  private isConnected = false;
  /** One for each time it was connected. */
  private readonly meters: Traffic[] = [];
  private users = 0;
  private waiting = 0;
  private turns: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> = Promise.resolve();

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

  /** The session of one user, where it is open. */
  held(as?: { readonly user: string }): Promise<Hold> | undefined {
    return this.holds.get(as?.user ?? '');
  }

  private async take(user: string, as: { readonly user: string } | undefined): Promise<Hold> {
    await this.closing;
    this.connection ??= this.access.connect();
    const connection = await this.connection;
    if (!this.isConnected) this.meters.push(connection.traffic);
    this.isConnected = true;
    const remote = await connection.remote(as);
    // Each user takes the lock where they can: root's keeps all root runs away.
    const lock = this.locks.get(user) ?? this.access.lock?.(remote) ?? Promise.resolve(undefined);
    this.locks.set(user, lock);
    // Whoever is about to change something is told.
    lock.catch(() => undefined);
    return new Hold(remote, lock);
  }

  /** Something was done that what was seen so far does not know of. */
  forgetViews(): void {
    this.holds.clear();
  }

  /** The link was lost while nothing was on its way: what comes next logs in again, and takes the lock anew. */
  forgetLink(): void {
    for (const lock of this.locks.values()) void lock.then((held) => held?.release()).catch(() => undefined);
    this.locks.clear();
    this.holds.clear();
  }

  /** `undefined` where it was not reached. */
  get traffic(): Traffic | undefined {
    const [first, ...others] = this.meters;
    return first && others.reduce(sumOf, { ...first });
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
    const done = this.use();
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
      done();
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

  get connected(): boolean {
    return this.isConnected;
  }

  /** Whether somebody works here, waits for a turn, or relies on the lock. */
  get used(): boolean {
    return this.users > 0;
  }

  /** Counts somebody who uses the machine until they call what is returned. */
  use(): () => void {
    this.users += 1;
    return () => {
      this.users -= 1;
    };
  }

  /** Gives the locks back and closes the connection. Whoever needs the machine again logs in anew. */
  close(): Promise<void> {
    const { connection, locks } = this;
    // One that could not be reached is not tried again.
    if (this.isConnected) this.connection = undefined;
    this.isConnected = false;
    this.locks = new Map();
    this.holds.clear();
    this.closing = this.closing.then(() => giveBack(connection, locks.values()));
    return this.closing;
  }
}

function sumOf(one: Traffic, other: Traffic): Traffic {
  return {
    logins: one.logins + other.logins,
    channels: one.channels + other.channels,
    requests: one.requests + other.requests,
    roundTrips: one.roundTrips + other.roundTrips,
    bytesIn: one.bytesIn + other.bytesIn,
    bytesOut: one.bytesOut + other.bytesOut,
  };
}

async function giveBack(
  connecting: Promise<Connection> | undefined,
  locks: Iterable<Promise<Lock | undefined>>,
): Promise<void> {
  const connection = await connecting?.catch(() => undefined);
  if (!connection) return;
  for (const taken of locks) {
    const lock = await taken.catch(() => undefined);
    await lock?.release().catch(() => undefined);
  }
  await connection.close();
}
