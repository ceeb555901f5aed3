import type { Channel } from './channel.ts';
import type { Answer, Cut, Exchange } from './exchange.ts';
import type { Running } from './interrupt.ts';
import { LostConnection } from './lost-connection.ts';
import { createMarkReader } from './mark-reader.ts';
import { Outbox } from './outbox.ts';
import { createPending, type Pending } from './pending.ts';
import { requestLine } from './shell-text.ts';
import type { TrafficMeter } from './traffic.ts';

const outputLimit = 64 * 1024 * 1024;
/** How long a stopped command may take to die before its session is given up. */
const graceMs = 15_000;

export interface SessionOptions {
  readonly channel: Channel;
  readonly host: string;
  /** What opens every mark on both streams. */
  readonly prefix: Buffer;
  readonly traffic: TrafficMeter;
  /** Ends what the shell runs, over another channel; asks once more before it does, for a late end travels too. */
  interrupt(running: Running, stillRuns: () => boolean): Promise<void>;
}

type StreamName = 'stdout' | 'stderr';

/** One long-lived shell on a host. Requests are written one after another without waiting for their answers. */
export class Session {
  /** Settles when its channel has closed. */
  readonly ended: Promise<void>;
  private readonly options: SessionOptions;
  private readonly outbox: Outbox;
  private readonly pending = new Map<number, Pending>();
  private readonly current: { [Name in StreamName]?: Pending } = {};
  private readonly ready: Promise<number>;
  private becomeReady: (pid: number) => void = () => undefined;
  private sequence = 0;
  private pid = 0;
  private lost: LostConnection | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    const { channel, traffic } = options;
    this.outbox = new Outbox(channel.stdin, traffic);
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve;
    });
    this.listen('stdout');
    this.listen('stderr');
    this.ended = channel.closed.then(({ why }) => this.fail(why ?? 'its shell has ended'));
  }

  /** Resolves when the shell answers; never rejects. */
  started(): Promise<void> {
    return this.ready.then(() => undefined);
  }

  get alive(): boolean {
    return this.lost === undefined;
  }

  /** Rejects with `LostConnection` alone; a command that was stopped says so in `cut`. */
  exchange(exchange: Exchange): Promise<Answer> {
    if (this.lost) return Promise.reject(this.lost);
    this.sequence += 1;
    const sequence = this.sequence;
    return new Promise((resolve, reject) => {
      const abort = (): void => this.cut(pending, 'abort');
      const pending = createPending(exchange, { resolve, reject }, () => {
        exchange.signal?.removeEventListener('abort', abort);
        this.pending.delete(sequence);
      });
      exchange.signal?.addEventListener('abort', abort);
      this.pending.set(sequence, pending);
      this.outbox.send({
        line: requestLine({ sequence, command: exchange.command, stdin: exchange.stdin !== undefined }),
        ...(exchange.stdin && { stdin: exchange.stdin }),
        stopped: () => pending.cut !== undefined || !this.pending.has(sequence),
        broken: async (error) => {
          this.cut(pending, { source: error });
          await pending.started.promise;
          await pending.interrupting;
        },
      });
    });
  }

  close(): void {
    this.fail('it was closed');
    this.options.channel.close();
  }

  private listen(stream: StreamName): void {
    const { channel, prefix, traffic } = this.options;
    const read = createMarkReader(prefix, {
      data: (bytes) => this.keep(stream, bytes),
      mark: (text) => this.note(stream, text),
    });
    channel[stream].on('data', (chunk: Buffer) => {
      traffic.bytesIn += chunk.length;
      read(chunk);
    });
    channel[stream].on('error', () => undefined);
  }

  /** What is written between two requests, by something left in the background, belongs to none of them. */
  private keep(stream: StreamName, bytes: Buffer): void {
    const pending = this.current[stream];
    if (!pending) return;
    pending.size += bytes.length;
    if (pending.size > outputLimit) this.cut(pending, 'flood');
    else pending[stream].add(bytes);
  }

  private note(stream: StreamName, text: string): void {
    const [sequence = '', exit = '0'] = text.slice(1).split(' ');
    if (text.startsWith('R')) {
      this.pid = Number(sequence);
      this.becomeReady(this.pid);
      return;
    }
    const pending = this.pending.get(Number(sequence));
    if (text.startsWith('B')) {
      if (pending) this.current[stream] = pending;
      if (pending && stream === 'stdout') this.begin(pending);
      return;
    }
    delete this.current[stream];
    // ksh adds 256 to the number of a signal where others add 128.
    if (pending) this.end(pending, Number(exit) > 256 ? Number(exit) - 128 : Number(exit));
  }

  private begin(pending: Pending): void {
    pending.begun = true;
    if (pending.cut !== undefined || pending.exchange.signal?.aborted) this.cut(pending, pending.cut ?? 'abort');
    pending.started.resolve();
    const { timeout } = pending.exchange;
    if (timeout !== undefined) pending.timers.push(setTimeout(() => this.cut(pending, 'timeout'), timeout * 1000));
  }

  private end(pending: Pending, exit: number): void {
    pending.ended += 1;
    if (pending.ended < 2) return;
    pending.forget();
    this.outbox.noteAnswer();
    const { cut } = pending;
    const output = { stdout: pending.stdout.finish(), stderr: pending.stderr.finish() };
    pending.resolve({ exit, ...output, ...(cut !== undefined && { cut }) });
  }

  /** Stops the command and lets the session live; where it will not die, the session is given up. */
  private cut(pending: Pending, why: Cut): void {
    pending.cut ??= why;
    if (why === 'flood') {
      pending.stdout.drop();
      pending.stderr.drop();
    }
    if (!pending.begun || pending.interrupting !== undefined) return;
    // A flood leaves no room on the link for what ends it.
    if (why === 'flood') this.pause(true);
    const running = { pid: this.pid, stdin: pending.exchange.stdin !== undefined };
    pending.interrupting = this.options
      .interrupt(running, () => pending.ended === 0)
      .catch(() => this.giveUp(pending))
      .finally(() => this.pause(false));
    pending.timers.push(setTimeout(() => this.giveUp(pending), graceMs));
  }

  private pause(wanted: boolean): void {
    const { stdout, stderr } = this.options.channel;
    for (const stream of [stdout, stderr]) {
      if (wanted) stream.pause();
      else stream.resume();
    }
  }

  private giveUp(pending: Pending): void {
    if (pending.ended === 2) return;
    pending.forget();
    pending.resolve({
      exit: 137,
      stdout: pending.stdout.finish(),
      stderr: pending.stderr.finish(),
      cut: pending.cut ?? 'timeout',
    });
    this.fail('a command could not be stopped');
    this.options.channel.close();
  }

  private fail(why: string): void {
    this.lost ??= new LostConnection(this.options.host, why);
    for (const pending of [...this.pending.values()]) {
      pending.forget();
      pending.reject(this.lost);
    }
  }
}
