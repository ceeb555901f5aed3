import { setMaxListeners } from 'node:events';
import type { Channel } from './channel.ts';
import type { Answer, Cut, Exchange } from './exchange.ts';
import type { Running } from './interrupt.ts';
import { LostConnection } from './lost-connection.ts';
import { createMarkReader } from './mark-reader.ts';
import { type Line, Outbox } from './outbox.ts';
import { answerOf, createPending, createSignal, type Pending } from './pending.ts';
import { requestLine } from './shell-text.ts';
import type { Wire } from './traffic.ts';

const outputLimit = 64 * 1024 * 1024;
/** How long a stopped command may take to die before its session is given up. */
const graceMs = 15_000;

export interface SessionOptions extends Wire {
  readonly host: string;
  /** Ends what the shell runs, over another channel; asks once more before it does, for a late end travels too. */
  interrupt(running: Running, stillRuns: () => boolean): Promise<void>;
}

/** A program that is to become the shell of a session. */
export interface ShellStart {
  readonly channel: Channel;
  /** What makes it the shell, which says its first mark. */
  readonly opening: string;
  /** What opens every mark on both streams. */
  readonly prefix: Buffer;
}

type StreamName = 'stdout' | 'stderr';

/**
 * One long-lived shell on a host. Requests are written one after another without waiting for their answers, and carried
 * out in that order; the first of them leave together with what starts the shell.
 */
export class Session {
  /** Settles when there is no shell any more, or never was one. */
  readonly ended: Promise<void>;
  private readonly options: SessionOptions;
  private readonly outbox: Outbox;
  private readonly pending = new Map<number, Pending>();
  private readonly current: { [Name in StreamName]?: Pending } = {};
  /** What the shell was told of what requests need. */
  private readonly known = new Set<string>();
  private readonly greeting = createSignal();
  private readonly ending = createSignal();
  private channel: Channel | undefined;
  private sequence = 0;
  private pid = 0;
  /** Pieces of standard output that somebody has not taken yet. */
  private holding = 0;
  private lost: Error | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
    this.outbox = new Outbox(options);
    this.ended = this.ending.promise;
  }

  /** Resolves once the shell answers. */
  async started(): Promise<void> {
    await this.greeting.promise;
    if (this.lost) throw this.lost;
  }

  get alive(): boolean {
    return this.lost === undefined;
  }

  /** Sends what starts the shell, and what waits. `false` where it ends without a word: nothing of it was carried out. */
  async attach(start: ShellStart): Promise<boolean> {
    const { channel, opening } = start;
    this.channel = channel;
    this.listen('stdout', start);
    this.listen('stderr', start);
    this.outbox.open(channel.stdin, opening);
    const closed = channel.closed.then(({ why }) => why ?? 'its shell has ended');
    await Promise.race([this.greeting.promise, closed]);
    if (this.pid === 0) {
      this.channel = undefined;
      this.known.clear();
      this.outbox.takeBack();
      return false;
    }
    void closed.then((why) => this.end(why));
    return true;
  }

  /** Rejects with `LostConnection`, or with why there is no shell; a command that was stopped says so in `cut`. */
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
      // As many as are on their way, which Node would take for a leak; and its zero for no signal at all.
      if (exchange.signal) setMaxListeners(Number.POSITIVE_INFINITY, exchange.signal);
      exchange.signal?.addEventListener('abort', abort);
      this.pending.set(sequence, pending);
      this.outbox.send({
        line: () => this.lineOf(sequence, exchange),
        ...(exchange.stdin && { stdin: exchange.stdin }),
        stopped: () => pending.cut !== undefined || pending.skipped || !this.pending.has(sequence),
        broken: async (error) => {
          this.cut(pending, { source: error });
          await pending.started.promise;
          await pending.interrupting;
        },
      });
    });
  }

  /** What the shell is to know is told it once, in lines before. */
  private lineOf(sequence: number, { command, stdin, needs = [], tests, link }: Exchange): Line {
    const unknown = needs.filter((definition) => !this.known.has(definition));
    for (const definition of unknown) this.known.add(definition);
    const text = typeof command === 'string' ? command : command();
    const request = { sequence, command: text, stdin: stdin !== undefined, tests, link };
    return (followed) => [...unknown, requestLine(request, followed)].join('\n');
  }

  close(): void {
    this.end('it was closed');
  }

  /** There is no shell, and will be none. */
  fail(error: Error): void {
    this.lost ??= error;
    for (const pending of [...this.pending.values()]) {
      pending.forget();
      pending.reject(this.lost);
    }
    this.greeting.resolve();
    this.channel?.close();
    void (this.channel?.closed ?? Promise.resolve()).then(() => this.ending.resolve());
  }

  private end(why: string): void {
    this.fail(new LostConnection(this.options.host, why));
  }

  private listen(stream: StreamName, { channel, prefix }: ShellStart): void {
    const { traffic } = this.options;
    const read = createMarkReader(prefix, {
      data: (bytes) => this.keep(stream, bytes),
      mark: (text) => this.note(stream, text),
    });
    channel[stream].on('data', (chunk: Buffer) => {
      traffic.bytesIn += chunk.length;
      if (this.channel === channel) read(chunk);
    });
    channel[stream].on('error', () => undefined);
  }

  /** What is written between two requests, by something left in the background, belongs to none of them. */
  private keep(stream: StreamName, bytes: Buffer): void {
    const pending = this.current[stream];
    if (!pending) return;
    const { onBytes } = pending.exchange;
    if (stream === 'stdout' && onBytes) {
      this.handOver(bytes, onBytes);
      return;
    }
    pending.size += bytes.length;
    if (pending.size > outputLimit) this.cut(pending, 'flood');
    else pending[stream].add(bytes);
  }

  /** The link itself holds back what nobody has room for. */
  private handOver(bytes: Buffer, onBytes: (bytes: Uint8Array) => Promise<void>): void {
    const stdout = this.channel?.stdout;
    stdout?.pause();
    this.holding += 1;
    const goOn = (): void => {
      this.holding -= 1;
      if (this.holding === 0) stdout?.resume();
    };
    onBytes(bytes).then(goOn, goOn);
  }

  private note(stream: StreamName, text: string): void {
    const [sequence = '', word = ''] = text.slice(1).split(' ');
    const pending = this.pending.get(Number(sequence));
    if (text.startsWith('R')) this.greet(Number(sequence));
    else if (text.startsWith('P')) this.part(stream, text.slice(1));
    else if (text.startsWith('B')) this.begin(stream, pending, word !== '');
    else this.finish(stream, pending, word);
  }

  private greet(pid: number): void {
    this.pid = pid;
    this.outbox.confirm();
    this.greeting.resolve();
  }

  private part(stream: StreamName, label: string): void {
    const pending = this.current[stream];
    if (!pending) return;
    pending.size = 0;
    pending[stream].part(label);
  }

  private begin(stream: StreamName, pending: Pending | undefined, skipped: boolean): void {
    if (!pending) return;
    this.current[stream] = pending;
    if (stream === 'stderr') return;
    pending.skipped = skipped;
    if (!skipped) this.supervise(pending);
    pending.started.resolve();
  }

  /** From now on it can be stopped, which may have been wanted before. */
  private supervise(pending: Pending): void {
    pending.begun = true;
    const { timeout, signal } = pending.exchange;
    if (pending.cut !== undefined || signal?.aborted) this.cut(pending, pending.cut ?? 'abort');
    if (timeout !== undefined) pending.timers.push(setTimeout(() => this.cut(pending, 'timeout'), timeout * 1000));
  }

  private finish(stream: StreamName, pending: Pending | undefined, exit: string): void {
    delete this.current[stream];
    if (!pending) return;
    pending.ended += 1;
    if (pending.ended < 2) return;
    pending.forget();
    this.outbox.noteAnswer();
    pending.resolve(answerOf(pending, exit));
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
    const { stdin, link } = pending.exchange;
    const running = { pid: this.pid, stdin: stdin !== undefined, chained: link !== undefined };
    pending.interrupting = this.options
      .interrupt(running, () => pending.ended === 0)
      .catch(() => this.giveUp(pending))
      .finally(() => this.pause(false));
    pending.timers.push(setTimeout(() => this.giveUp(pending), graceMs));
  }

  private pause(wanted: boolean): void {
    for (const stream of [this.channel?.stdout, this.channel?.stderr]) {
      if (wanted) stream?.pause();
      else stream?.resume();
    }
  }

  private giveUp(pending: Pending): void {
    if (pending.ended === 2) return;
    pending.forget();
    pending.cut ??= 'timeout';
    pending.resolve(answerOf(pending, '137'));
    this.end('a command could not be stopped');
  }
}
