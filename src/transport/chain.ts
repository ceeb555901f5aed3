import { problem } from '../core/diagnostic.ts';
import type { Chain } from '../core/plan.ts';
import type { Session } from './session.ts';

/** An effect that the host passed over, because something before it in its chain failed. Nothing of it was done. */
export class NotStarted extends Error {
  constructor(title: string) {
    super(`${title} was not started: what comes before it failed`);
    this.name = 'NotStarted';
  }
}

/** The chains of one identity. What broke a chain is known to the shell that it began on, and to no other. */
export class Chains {
  private readonly sessions = new WeakMap<Chain, Session | undefined>();
  private last = 0;

  begin(): Chain {
    this.last += 1;
    const chain = { number: this.last };
    this.sessions.set(chain, undefined);
    return chain;
  }

  /** `false` where the chain began on a shell that is gone: what became of it cannot be known. */
  goesOn(chain: Chain, session: Session): boolean {
    if (!this.sessions.has(chain)) throw problem('PV9001', 'a chain was used by another user than the one it is of');
    const began = this.sessions.get(chain) ?? session;
    this.sessions.set(chain, began);
    return began === session;
  }
}
