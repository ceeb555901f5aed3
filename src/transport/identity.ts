import type { Become } from './become.ts';
import { Chains } from './chain.ts';
import type { Link } from './channel.ts';
import { type Answer, type Exchange, passedOver } from './exchange.ts';
import type { Gate } from './gate.ts';
import { endCommand, listCommand, type Running } from './interrupt.ts';
import { Looks } from './looks.ts';
import { LostConnection } from './lost-connection.ts';
import { openSession } from './open-session.ts';
import type { Session } from './session.ts';
import type { Wire } from './traffic.ts';
import { Writes } from './writes.ts';

/** How many shells without work are kept for the next long command. */
const spareLimit = 1;

export interface IdentityOptions extends Wire {
  readonly link: Link;
  readonly host: string;
  /** Counts the channels of the whole connection. */
  readonly gate: Gate;
  readonly become?: Become;
  readonly shell?: string;
}

/** One user on one host: the shell that everything short goes through, and further ones for what takes long. */
export class Identity {
  private readonly options: IdentityOptions;
  readonly chains = new Chains();
  readonly looks = new Looks((exchange) => this.exchange(exchange));
  readonly writes = new Writes((exchange) => this.exchange(exchange));
  private session: Session | undefined;
  private readonly spares: Session[] = [];
  private readonly all = new Set<Session>();

  constructor(options: IdentityOptions) {
    this.options = options;
  }

  get host(): string {
    return this.options.host;
  }

  get link(): Link {
    return this.options.link;
  }

  /** The shell that everything short goes through; one that has died is replaced. It takes requests at once. */
  current(): Session {
    if (!this.session?.alive) this.session = this.open();
    return this.session;
  }

  /** Calls made together leave together, in their order. */
  async exchange(exchange: Exchange): Promise<Answer> {
    const session = this.current();
    const { link, reads } = exchange;
    if (!reads) this.looks.close();
    this.writes.close();
    if (link && !this.chains.goesOn(link.chain, session)) return passedOver;
    return session.exchange(exchange);
  }

  /** For what takes long: a shell of its own, so that others keep moving. */
  async apart<T>(work: (exchange: (exchange: Exchange) => Promise<Answer>) => Promise<T>): Promise<T> {
    const session = this.spare() ?? this.open();
    try {
      return await work((exchange) => session.exchange(exchange));
    } finally {
      if (session.alive && this.spares.length < spareLimit) this.spares.push(session);
      else this.retire(session);
    }
  }

  close(): void {
    for (const session of [...this.all]) this.retire(session);
    this.spares.length = 0;
  }

  private spare(): Session | undefined {
    for (let session = this.spares.pop(); session; session = this.spares.pop()) {
      if (session.alive) return session;
      this.retire(session);
    }
    return undefined;
  }

  private open(urgent = false): Session {
    const { gate, ...plan } = this.options;
    const interrupt = (running: Running, stillRuns: () => boolean) => this.interrupt(running, stillRuns);
    const session = openSession({ ...plan, interrupt, enter: () => gate.enter(urgent) });
    this.all.add(session);
    void session.ended.then(() => this.all.delete(session));
    return session;
  }

  private retire(session: Session): void {
    this.all.delete(session);
    session.close();
  }

  private async interrupt(running: Running, stillRuns: () => boolean): Promise<void> {
    const session = this.spare() ?? this.open(true);
    try {
      const { stdout } = await session.exchange({ command: listCommand(running), timeout: 10 });
      const pids = stdout.toString().split('\n').filter(Boolean);
      if (pids.length > 0 && stillRuns()) await session.exchange({ command: endCommand(running, pids), timeout: 10 });
    } catch (error) {
      if (!(error instanceof LostConnection)) throw error;
    } finally {
      if (session.alive && this.spares.length < spareLimit) this.spares.push(session);
      else this.retire(session);
    }
  }
}
