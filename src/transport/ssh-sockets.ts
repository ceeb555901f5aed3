import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import type { Sockets } from '../core/plan.ts';
import type { Ending } from './channel.ts';
import { LostConnection } from './lost-connection.ts';

export interface Login {
  readonly name: string;
  /** Settles when the connection is gone. */
  readonly gone: Promise<Ending>;
}

/** UNIX sockets of a host, over the connection of its SSH login, as `ssh -L` and `ssh -R` have them. */
export function sshSockets(client: Client, { name, gone }: Login): Sockets {
  const listeners = new Map<string, (conversation: Duplex) => void>();
  client.on('unix connection', ({ socketPath }, accept, reject) => {
    const listener = listeners.get(socketPath);
    if (listener) listener(accept());
    else reject();
  });
  const unlessGone = <T>(work: (settle: (error: Error | undefined, result: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      void gone.then(({ why = 'it was closed' }) => reject(new LostConnection(name, why)));
      work((error, result) => (error ? reject(error) : resolve(result)));
    });
  const stop = (path: string): Promise<void> => {
    listeners.delete(path);
    return unlessGone((settle) => client.openssh_unforwardInStreamLocal(path, () => settle(undefined, undefined)));
  };
  return {
    async listenOn(path, onConnection) {
      listeners.set(path, onConnection);
      await unlessGone<void>((settle) =>
        client.openssh_forwardInStreamLocal(path, (error) =>
          settle(error ? refused(name, path, error) : undefined, undefined),
        ),
      );
      return () => stop(path);
    },
    connectTo: (path) =>
      unlessGone<Duplex>((settle) =>
        client.openssh_forwardOutStreamLocal(path, (error, channel) =>
          settle(error ? refused(name, path, error) : undefined, channel),
        ),
      ),
  };
}

function refused(name: string, path: string, { message }: Error): ProvisionError {
  return problem('PV5029', `${name} does not pass on the socket ${path}: ${message}`, {
    help: 'its sshd_config must not forbid it: AllowStreamLocalForwarding yes, DisableForwarding no',
  });
}
