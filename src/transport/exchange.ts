import type { Chain, Seconds } from '../core/plan.ts';
import type { Source } from './outbox.ts';

export type LineListener = (line: string) => void;

export interface Exchange {
  /** Shell text on one line, from `shellWords`; a function is asked when the request leaves. */
  readonly command: string | (() => string);
  /** Nothing where left out. */
  readonly stdin?: Source;
  /** Counted from when the command starts, not from when it is sent; none where left out. */
  readonly timeout?: Seconds;
  readonly link?: ChainLink | undefined;
  /** Nothing but tests, which the session's shell makes itself: it cannot come to harm by them. */
  readonly tests?: true;
  /** What the shell must know first. */
  readonly needs?: readonly string[];
  /** Changes nothing, so looks on both sides of it may be one request. */
  readonly reads?: true;
  readonly signal?: AbortSignal;
  readonly onLine?: LineListener;
  /** Takes standard output instead of the answer; the channel waits for it. */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>;
}

/** A place in a chain of requests: the shell passes over it where one before it failed. */
export interface ChainLink {
  readonly chain: Chain;
  /** Exit statuses that leave the chain whole. */
  readonly exits: readonly number[];
}

/** What a command wrote up to a mark of its own, which carries a word about it. */
export interface Part {
  readonly label: string;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Why a command was stopped before its end. */
export type Cut = 'timeout' | 'flood' | 'abort' | { readonly source: unknown };

export interface Answer {
  /** 128 and the signal, where a signal ended it. */
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly cut?: Cut;
  /** The shell passed over it: its chain was broken. */
  readonly skipped?: true;
  readonly parts?: readonly Part[];
}

/** Nothing of it was done, for what comes before it in its chain failed. */
export const passedOver: Answer = { exit: 1, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), skipped: true };
