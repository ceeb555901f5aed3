import type { Writable } from 'node:stream';
import type { TrafficMeter } from './traffic.ts';

const pieceSize = 1024 * 1024;
const inlineSize = 64 * 1024;

/** Bytes for the standard input of a command: all at hand, or still arriving. */
export type Source = Uint8Array | AsyncIterable<Uint8Array>;

export interface Parcel {
  readonly line: string;
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
  private readonly stdin: Writable;
  private readonly traffic: TrafficMeter;
  private readonly waiting: Parcel[] = [];
  private busy = false;
  private answered = true;

  constructor(stdin: Writable, traffic: TrafficMeter) {
    this.stdin = stdin;
    this.traffic = traffic;
  }

  send(parcel: Parcel): void {
    this.waiting.push(parcel);
    if (this.busy) return;
    this.busy = true;
    setImmediate(() => void this.run());
  }

  /** An answer has come: what is sent from now on may depend on it, and is another round trip. */
  noteAnswer(): void {
    this.answered = true;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.flush();
    this.busy = false;
  }

  private async flush(): Promise<void> {
    if (this.answered) this.traffic.roundTrips += 1;
    this.answered = false;
    let batch: Uint8Array[] = [];
    for (let parcel = this.waiting.shift(); parcel; parcel = this.waiting.shift()) {
      this.traffic.requests += 1;
      batch.push(Buffer.from(parcel.line));
      const { stdin } = parcel;
      if (stdin instanceof Uint8Array && stdin.length <= inlineSize) batch.push(...framed(stdin), endOfInput);
      else if (stdin) {
        await this.write(batch);
        batch = [];
        await this.feed(stdin, parcel);
      }
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
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    if (bytes.length === 0 || this.stdin.destroyed || this.stdin.writableEnded) return;
    this.traffic.bytesOut += bytes.length;
    if (!this.stdin.write(bytes)) await drained(this.stdin);
  }
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
