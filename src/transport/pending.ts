import { type Capture, createCapture } from './capture.ts';
import type { Answer, Cut, Exchange } from './exchange.ts';

/** A request on its way, and what has come back so far. */
export interface Pending {
  readonly exchange: Exchange;
  readonly stdout: Capture;
  readonly stderr: Capture;
  size: number;
  begun: boolean;
  /** Resolves when the command has begun, or never will. */
  readonly started: { readonly promise: Promise<void>; resolve(): void };
  /** Streams on which the end has been seen. */
  ended: number;
  cut?: Cut;
  interrupting?: Promise<void>;
  readonly timers: NodeJS.Timeout[];
  resolve(answer: Answer): void;
  reject(error: Error): void;
  /** It has its answer, or will have none. */
  forget(): void;
}

type Settle = Pick<Pending, 'resolve' | 'reject'>;

export function createPending(exchange: Exchange, settle: Settle, forget: () => void): Pending {
  const pending: Pending = {
    ...settle,
    exchange,
    stdout: createCapture(exchange.onLine),
    stderr: createCapture(exchange.onLine),
    size: 0,
    begun: false,
    started: createSignal(),
    ended: 0,
    timers: [],
    forget() {
      pending.started.resolve();
      for (const timer of pending.timers) clearTimeout(timer);
      forget();
    },
  };
  return pending;
}

function createSignal(): Pending['started'] {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
