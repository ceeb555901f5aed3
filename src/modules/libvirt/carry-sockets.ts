import { type Duplex, pipeline } from 'node:stream';
import type { Remote } from '../../core/plan.ts';

/** A socket that a host is to have, and the one of another host that it leads to. */
export interface Passage {
  readonly from: string;
  readonly to: string;
}

export interface Ends {
  readonly source: Remote;
  readonly target: Remote;
}

export interface Carried {
  /** What kept a conversation from being passed on. */
  readonly failures: readonly Error[];
  stop(): Promise<void>;
}

/**
 * Whoever connects to a socket of the source talks with the target, through the controller. Neither host needs a way to
 * the other, and no more is held than a channel holds.
 */
export async function carrySockets(passages: readonly Passage[], { source, target }: Ends): Promise<Carried> {
  const failures: Error[] = [];
  const open = new Set<Duplex>();
  const pass = async (near: Duplex, to: string): Promise<void> => {
    // Until it is piped nobody else would hear of it.
    near.on('error', () => undefined);
    try {
      join(near, await target.connectTo(to), open);
    } catch (error) {
      failures.push(error as Error);
      near.destroy();
    }
  };
  const listening = await Promise.all(
    passages.map(({ from, to }) => source.listenOn(from, (near) => void pass(near, to))),
  );
  return {
    failures,
    async stop() {
      for (const conversation of open) conversation.destroy();
      await Promise.allSettled(listening.map((stop) => stop()));
    },
  };
}

/** Each way ends by itself; where one breaks, both do. */
function join(near: Duplex, far: Duplex, open: Set<Duplex>): void {
  for (const conversation of [near, far]) {
    open.add(conversation);
    conversation.on('close', () => open.delete(conversation));
  }
  pipeline(near, far, () => undefined);
  pipeline(far, near, () => undefined);
}
