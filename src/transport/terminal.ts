import type { Terminal, TerminalSize } from './channel.ts';
import type { ConnectionSettings } from './connect.ts';
import type { KnownHosts } from './known-hosts.ts';
import { openSsh } from './ssh.ts';
import { startTraffic } from './traffic.ts';

export interface TerminalOptions {
  readonly knownHosts: KnownHosts;
  /** Read by the login shell. */
  readonly command: string;
  readonly size: TerminalSize;
}

/** Logs in for one program alone, which is given a terminal; with it the connection goes. Throws PV40xx. */
export async function openTerminal(
  { connectTimeout = 20, ...settings }: ConnectionSettings,
  { knownHosts, command, size }: TerminalOptions,
): Promise<Terminal> {
  const link = await openSsh({ ...settings, timeout: connectTimeout }, { knownHosts, traffic: startTraffic() });
  const terminal = await link.openTerminal(command, size);
  void terminal.closed.then(() => link.close());
  return terminal;
}
