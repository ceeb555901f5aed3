import { type Capture, createCapture } from './capture.ts';
import type { Answer, Cut, Exchange, Part } from './exchange.ts';

/** A request on its way, and what has come back so far. */
export interface Pending {
  readonly exchange: Exchange;
  readonly stdout: Capture;
  readonly stderr: Capture;
  size: number;
  begun: boolean;
  /** The shell passes over it. */
  skipped: boolean;
  /** Resolves when the command has begun, or never will. */
  readonly started: Signal;
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
    skipped: false,
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

/** What comes back: `skip` instead of an exit status where the shell passed over it. */
export function answerOf(pending: Pending, status: string): Answer {
  const { stdout, stderr } = pending;
  const exit = Number(status);
  const cut = cutOf(pending, exit);
  const parts = stdout.parts.map(({ label, bytes }, index): Part => {
    return { label, stdout: bytes, stderr: stderr.parts[index]?.bytes ?? Buffer.alloc(0) };
  });
  return {
    exit: status === 'skip' ? 1 : exit,
    stdout: stdout.finish(),
    stderr: stderr.finish(),
    ...(cut !== undefined && { cut }),
    ...(status === 'skip' && { skipped: true }),
    ...(parts.length > 0 && { parts }),
  };
}

/** What ended well by itself before it could be stopped has left its chain whole: then that is what counts. */
function cutOf({ cut, exchange: { link } }: Pending, exit: number): Cut | undefined {
  const stopped = cut === 'timeout' || cut === 'abort';
  return stopped && link?.exits.includes(exit) ? undefined : cut;
}

export interface Signal {
  readonly promise: Promise<void>;
  resolve(): void;
}

export function createSignal(): Signal {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
