import type { Readable, Writable } from 'node:stream';
import type { Sockets } from '../core/plan.ts';

/** A program started on a host with its three streams: what SSH and child processes have in common. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles once the program has ended or the link is gone; never rejects. */
  readonly closed: Promise<Ending>;
  close(): void;
}

export interface Ending {
  /** Left out where the program had no exit status: a signal, or the link broke. */
  readonly exit?: number;
  /** Why the link broke, where it did. */
  readonly why?: string;
}

/** A program with a terminal of its own; what it writes on either stream comes as one. */
export interface Terminal extends Channel {
  resize(size: TerminalSize): void;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** How long the streams of a program that has ended may still bring something. */
export const lastWordsMs = 200;

/** A way to a host on which programs can be started. */
export interface Link extends Sockets {
  /** As who commands run without `become`. */
  readonly user: string;
  /** It is gone: no program can be started over it any more. */
  readonly lost: boolean;
  /** The command is read by the login shell, whichever it is. */
  openChannel(command: string): Promise<Channel>;
  close(): Promise<void>;
}
