import { problem } from '../core/diagnostic.ts';
import type { Reporter } from '../core/event.ts';
import type { Ask, RunRequest } from '../engine/request.ts';
import { type Asking, ask, canAsk } from './ask.ts';

export interface Confirming {
  /** `-y`. */
  readonly yes: boolean;
  readonly reporter: Pick<Reporter, 'pause' | 'resume'>;
  readonly asking: Asking;
}

/** Asks on the terminal with the screen paused. Without a terminal the answer is no, with `-y` it is yes. */
export function createConfirm({ yes, reporter, asking }: Confirming): RunRequest['confirm'] {
  return async (question, typed) => {
    if (yes) return true;
    if (!canAsk(asking)) return false;
    reporter.pause?.();
    try {
      const answer = (await ask(`${question} [${typed === undefined ? 'y/N' : `type ${typed}`}] `, asking)).trim();
      return typed === undefined ? /^y(es)?$/i.test(answer) : answer === typed;
    } finally {
      reporter.resume?.();
    }
  };
}

/** Asks for a text in the same way. Without a terminal there is no answer; with `-y` it is an empty one. */
export function createAsk({ yes, reporter, asking }: Confirming): Ask {
  return async ({ text, hidden }) => {
    if (yes) return '';
    if (!canAsk(asking)) return undefined;
    reporter.pause?.();
    try {
      return await ask(`${text}: `, asking, hidden);
    } finally {
      reporter.resume?.();
    }
  };
}

/**
 * `--step`: asks before each task whether to run it; `c` goes on without asking.
 * @throws ProvisionError PV0004 without a terminal
 */
export function createStep({ reporter, asking }: Omit<Confirming, 'yes'>): NonNullable<RunRequest['step']> {
  if (!canAsk(asking)) throw problem('PV0004', '`--step` asks before each task, and there is no terminal to ask on');
  let asks = true;
  return async (task, host) => {
    if (!asks) return true;
    reporter.pause?.();
    try {
      const answer = (await ask(`${host}: ${task}? [y/N/c] `, asking)).trim();
      asks = !/^c/i.test(answer);
      return /^[yc]/i.test(answer);
    } finally {
      reporter.resume?.();
    }
  };
}
