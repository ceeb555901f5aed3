import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execute } from '../../src/lab/execute.ts';
import type { ControlGroup } from './control-group.ts';
import { bridgeNamespace, controllerNamespace, stateFolder } from './names.ts';

const source = fileURLToPath(new URL('delay-wire.c', import.meta.url));
const program = `${stateFolder}/delay-wire`;

export async function compileDelayWire(): Promise<void> {
  await execute(['gcc', '-O2', '-Wall', '-o', program, source]);
}

/** A cable from the controller to the bridge on which a round trip takes this long; it is there until `group` ends. */
export async function startDelayWire(rtt: number, group: ControlGroup): Promise<void> {
  const [shell = '', ...words] = group.words();
  const ends = [controllerNamespace, 'eth0', bridgeNamespace, 'controller'];
  const wire = spawn(shell, [...words, program, ...ends, String(rtt)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [sign] = await Promise.race([once(wire.stdout, 'data'), once(wire, 'exit')]);
  if (!String(sign).startsWith('ready')) throw new Error('the delayed cable cannot be made: is there /dev/net/tun?');
  wire.stdout.destroy();
  wire.unref();
}
