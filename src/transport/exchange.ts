import type { Seconds } from '../core/plan.ts';
import type { Source } from './outbox.ts';

export type LineListener = (line: string) => void;

export interface Exchange {
  /** Shell text on one line, from `shellWords`. */
  readonly command: string;
  /** Nothing where left out. */
  readonly stdin?: Source;
  /** Counted from when the command starts, not from when it is sent; none where left out. */
  readonly timeout?: Seconds;
  readonly signal?: AbortSignal;
  readonly onLine?: LineListener;
}

/** Why a command was stopped before its end. */
export type Cut = 'timeout' | 'flood' | 'abort' | { readonly source: unknown };

export interface Answer {
  /** 128 and the signal, where a signal ended it. */
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly cut?: Cut;
}
