import type { Become } from './become.ts';
import type { Link } from './channel.ts';
import type { Answer, Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import { endCommand, listCommand, type Running } from './interrupt.ts';
import { LostConnection } from './lost-connection.ts';
import { openSession } from './open-session.ts';
import type { Session } from './session.ts';
import type { TrafficMeter } from './traffic.ts';

/** How many shells without work are kept for the next long command. */
const spareLimit = 1;

export interface IdentityOptions {
  readonly link: Link;
  readonly host: string;
  readonly traffic: TrafficMeter;
  /** Counts the channels of the whole connection. */
  readonly gate: Gate;
  readonly become?: Become;
  readonly shell?: string;
}

/** One user on one host: the shell that everything short goes through, and further ones for what takes long. */
export class Identity {
  private readonly options: IdentityOptions;
  private session: Session | undefined;
  private starting: Promise<Session> | undefined;
  private readonly spares: Session[] = [];
  private readonly all = new Set<Session>();

  constructor(options: IdentityOptions) {
    this.options = options;
  }

  get host(): string {
    return this.options.host;
  }

  /** Opens the shell, so that what is wrong with it is known before the first request. */
  start(): Promise<Session> {
    if (this.session?.alive) return Promise.resolve(this.session);
    this.starting ??= this.open()
      .then((session) => {
        this.session = session;
        return session;
      })
      .finally(() => {
        this.starting = undefined;
      });
    return this.starting;
  }

  /** Calls made together leave together; a shell that has died is replaced. */
  async exchange(exchange: Exchange): Promise<Answer> {
    if (this.session?.alive) return this.session.exchange(exchange);
    const session = await this.start();
    return session.exchange(exchange);
  }

  /** For what takes long: a shell of its own, so that others keep moving. */
  async apart<T>(work: (exchange: (exchange: Exchange) => Promise<Answer>) => Promise<T>): Promise<T> {
    const session = this.spare() ?? (await this.open());
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

  private async open(urgent = false): Promise<Session> {
    const { gate, ...plan } = this.options;
    const leave = await gate.enter(urgent);
    try {
      const interrupt = (running: Running, stillRuns: () => boolean) => this.interrupt(running, stillRuns);
      const session = await openSession({ ...plan, interrupt });
      this.all.add(session);
      void session.ended.then(() => {
        this.all.delete(session);
        leave();
      });
      return session;
    } catch (error) {
      leave();
      throw error;
    }
  }

  private retire(session: Session): void {
    this.all.delete(session);
    session.close();
  }

  private async interrupt(running: Running, stillRuns: () => boolean): Promise<void> {
    const session = this.spare() ?? (await this.open(true));
    try {
      const { stdout } = await session.exchange({ command: listCommand(running), timeout: 10 });
      const pids = stdout.toString().split('\n').filter(Boolean);
      if (pids.length > 0 && stillRuns()) await session.exchange({ command: endCommand(pids), timeout: 10 });
    } catch (error) {
      if (!(error instanceof LostConnection)) throw error;
    } finally {
      if (session.alive && this.spares.length < spareLimit) this.spares.push(session);
      else this.retire(session);
    }
  }
}
