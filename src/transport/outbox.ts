import type { Writable } from 'node:stream';
import type { TrafficMeter, Wire } from './traffic.ts';

const pieceSize = 1024 * 1024;
const inlineSize = 64 * 1024;
/** Behind a request of so many letters no end has to wait for long, however slow the link. */
const longestBehind = 2048;

/** Bytes for the standard input of a command: all at hand, or still arriving. */
export type Source = Uint8Array | AsyncIterable<Uint8Array>;

/** The text of a request; it may say its end later where another one comes right behind. */
export type Line = (followed: boolean) => string;

export interface Parcel {
  /** Asked when it leaves. */
  line(): Line;
  readonly stdin?: Source;
  /** Asked between two pieces: the command has ended, and wants no more. */
  stopped(): boolean;
  /** The source broke off; the command must not take what came for the whole. Awaited before the end is told. */
  broken(error: unknown): Promise<void>;
}

/**
 * What goes to the shell of a session, in order. Requests made in the same turn of the event loop leave in one
 * write; a long standard input holds the next request back until it has gone out.
 */
export class Outbox {
  private readonly traffic: TrafficMeter;
  private readonly beforeSending: (() => void) | undefined;
  private stdin: Writable | undefined;
  private waiting: Parcel[] = [];
  /** Sent to a shell that has not said a word yet. */
  private early: Parcel[] = [];
  private confirmed = false;
  private busy = false;
  private answered = true;

  constructor({ traffic, beforeSending }: Wire) {
    this.traffic = traffic;
    this.beforeSending = beforeSending;
  }

  /** Begins to send. Until `confirm`, what carries a standard input waits: another program might read it as commands. */
  open(stdin: Writable, opening: string): void {
    this.stdin = stdin;
    this.post([Buffer.from(opening)]);
    this.start();
  }

  /** The shell has answered: it reads what we send. */
  confirm(): void {
    this.confirmed = true;
    this.early = [];
    this.start();
  }

  /** It never did: all of it waits for the next one. */
  takeBack(): void {
    this.stdin = undefined;
    this.waiting = [...this.early, ...this.waiting];
    this.early = [];
  }

  send(parcel: Parcel): void {
    this.traffic.requests += 1;
    this.waiting.push(parcel);
    this.start();
  }

  /** An answer has come: what is sent from now on may depend on it, and is another round trip. */
  noteAnswer(): void {
    this.answered = true;
  }

  private start(): void {
    if (this.busy) return;
    this.busy = true;
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    for (let parcel = this.take(); parcel; parcel = this.take()) await this.flush(parcel);
    this.busy = false;
  }

  private take(): Parcel | undefined {
    if (!this.stdin || (!this.confirmed && this.waiting[0]?.stdin)) return undefined;
    const parcel = this.waiting.shift();
    if (parcel && !this.confirmed) this.early.push(parcel);
    return parcel;
  }

  private async flush(first: Parcel): Promise<void> {
    if (this.answered) this.traffic.roundTrips += 1;
    this.answered = false;
    let batch: Uint8Array[] = [];
    for (let next: Letter | undefined = letter(first); next; ) {
      const { parcel, line, fed }: Letter = next;
      if (fed) {
        await this.write([...batch, Buffer.from(line(false))]);
        batch = [];
        await this.feed(fed, parcel);
      }
      const later = this.take();
      next = later && letter(later);
      if (fed) continue;
      batch.push(Buffer.from(line(next !== undefined && next.line(false).length <= longestBehind)));
      if (parcel.stdin instanceof Uint8Array) batch.push(...framed(parcel.stdin), endOfInput);
    }
    if (batch.length > 0) await this.write(batch);
  }

  private async feed(stdin: Source, parcel: Parcel): Promise<void> {
    try {
      for await (const piece of pieces(stdin)) {
        if (parcel.stopped()) break;
        await this.write(framed(piece));
      }
    } catch (error) {
      await parcel.broken(error);
    }
    await this.write([endOfInput]);
  }

  private async write(parts: readonly Uint8Array[]): Promise<void> {
    if (!this.post(parts) && this.stdin) await drained(this.stdin);
  }

  /** `false` where there is no room for more. */
  private post(parts: readonly Uint8Array[]): boolean {
    const { stdin } = this;
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    if (bytes.length === 0 || !stdin || stdin.destroyed || stdin.writableEnded) return true;
    this.traffic.bytesOut += bytes.length;
    this.beforeSending?.();
    return stdin.write(bytes);
  }
}

interface Letter {
  readonly parcel: Parcel;
  readonly line: Line;
  /** Too much to go along. */
  readonly fed?: Source;
}

function letter(parcel: Parcel): Letter {
  const { stdin } = parcel;
  const along = stdin === undefined || (stdin instanceof Uint8Array && stdin.length <= inlineSize);
  return { parcel, line: parcel.line(), ...(!along && { fed: stdin }) };
}

const endOfInput = Buffer.from('0\n');

function framed(piece: Uint8Array): Uint8Array[] {
  return piece.length === 0 ? [] : [Buffer.from(`${piece.length}\n`), piece];
}

/** Pieces of one size but the last: a process is started on the host for each, so they are not small. */
async function* pieces(source: Source): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    for (let start = 0; start < source.length; start += pieceSize) yield source.subarray(start, start + pieceSize);
    return;
  }
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    gathered.push(chunk);
    size += chunk.length;
    if (size < pieceSize) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  yield Buffer.concat(gathered);
}

/** Resolves when there is room again, or when there will never be. */
function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of ['drain', 'close', 'error']) stdin.off(event, settle);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stdin.on(event, settle);
  });
}
