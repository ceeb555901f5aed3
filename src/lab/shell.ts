import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { problem } from '../core/diagnostic.ts';
import { enterHost } from './host.ts';
import { requireLabMachine } from './machine.ts';
import { status } from './status.ts';

/** The words that run `command` inside a running host of a lab. */
export async function insideHost(lab: string, host: string, command: readonly string[]): Promise<readonly string[]> {
  const { hosts } = await status(lab);
  const found = hosts.find(({ name }) => name === host);
  if (found?.pid === undefined) {
    const running = hosts.filter(({ pid }) => pid !== undefined).map(({ name }) => name);
    throw problem('PV5602', `lab \`${lab}\` has no running host \`${host}\``, {
      help: running.length > 0 ? `it has ${running.join(', ')}` : 'bring it up first: `provision lab up`',
    });
  }
  return [...enterHost(found.pid), ...command];
}

/** A shell, or one command, inside a host, on this terminal; its exit code is the answer. */
export async function shell(lab: string, host = 'hypervisor1', command: readonly string[] = []): Promise<number> {
  requireLabMachine();
  const login = ['bash', '--login'];
  const [program = '', ...rest] = await insideHost(lab, host, command.length > 0 ? command : login);
  const child = spawn(program, rest, { stdio: 'inherit' });
  // The terminal sends an interrupt to the command as well: it decides, we pass its end on.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
