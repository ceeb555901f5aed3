import { problem } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import { type Asking, ask, canAsk } from './ask.ts';

export interface AskedPasswords {
  readonly ssh?: string;
  readonly become?: string;
}

/** Asks for what `-k` and `-K` announce. An empty sudo password means the SSH one. */
export async function askPasswords(
  wanted: { readonly ssh: boolean; readonly become: boolean },
  { secrets, asking }: { readonly secrets: Secrets; readonly asking: Asking },
): Promise<AskedPasswords> {
  if ((wanted.ssh || wanted.become) && !canAsk(asking)) {
    throw problem('PV0004', '`-k` and `-K` ask for a password, and there is no terminal to ask on', {
      help: 'use a key, or put the password into the inventory',
    });
  }
  const ssh = wanted.ssh ? await ask('SSH password: ', asking, true) : '';
  const become = wanted.become ? (await ask('sudo password: ', asking, true)) || ssh : '';
  for (const password of [ssh, become]) secrets.add(password);
  return { ...(ssh && { ssh }), ...(become && { become }) };
}
