import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../core/diagnostic.ts';
import type { Link } from './channel.ts';

/** Before each try. */
const pausesMs = [0, 500, 2_000];

/** What may pass by itself: a name server that is away, a host or a jump host that starts again. */
const passing: readonly string[] = ['PV4001', 'PV4002', 'PV4003', 'PV4010', 'PV4012'];

/** A new link where one was lost. A host that is there and refuses us is believed at once. */
export async function logInAgain(open: () => Promise<Link>, onTry: (attempt: number) => void): Promise<Link> {
  let last: unknown;
  for (const [index, pause] of pausesMs.entries()) {
    await sleep(pause);
    onTry(index + 1);
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof ProvisionError) || !passing.includes(error.diagnostics[0].code)) throw error;
      last = error;
    }
  }
  throw last;
}
