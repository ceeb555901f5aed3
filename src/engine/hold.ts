import type { Chain, Remote } from '../core/plan.ts';
import type { Lock } from './lock.ts';
import { LookMemory } from './look-memory.ts';

/** What a run has of one user on one machine while it has the turn there. */
export class Hold {
  readonly remote: Remote;
  readonly memory: LookMemory;
  /** Goes up whenever what later tasks have built upon turned out otherwise. */
  era = 0;
  private readonly lock: Promise<Lock | undefined>;
  private current: Chain | undefined;

  constructor(remote: Remote, lock: Promise<Lock | undefined>) {
    this.remote = remote;
    this.memory = new LookMemory(remote);
    this.lock = lock;
  }

  /** Resolves when the machine is this run's; throws PV5040 where it is another's, PV5042 where it has become so. */
  async locked(): Promise<void> {
    (await this.lock)?.lost.throwIfAborted();
  }

  /** What all effects are part of that leave without waiting for each other. */
  get chain(): Chain {
    this.current ??= this.remote.chain();
    return this.current;
  }

  /** After the chain broke. */
  beginAnew(): void {
    this.era += 1;
    this.current = undefined;
    this.memory.forgetConfirmed();
  }
}
