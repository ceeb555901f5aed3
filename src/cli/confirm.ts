import type { Reporter } from '../core/event.ts';
import type { Ask } from '../engine/request.ts';
import { type Asking, ask, canAsk } from './ask.ts';

export interface Confirming {
  /** `-y`. */
  readonly yes: boolean;
  readonly reporter: Pick<Reporter, 'pause' | 'resume'>;
  readonly asking: Asking;
}

/** Asks on the terminal with the screen paused. Without a terminal the answer is no, with `-y` it is yes. */
export function createConfirm({ yes, reporter, asking }: Confirming): (question: string) => Promise<boolean> {
  return async (question) => {
    if (yes) return true;
    if (!canAsk(asking)) return false;
    reporter.pause?.();
    try {
      return /^y(es)?$/i.test((await ask(`${question} [y/N] `, asking)).trim());
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
