import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../core/diagnostic.ts';
import { quote } from '../core/quote.ts';
import { settingsOfHost } from '../engine/settings-of-host.ts';
import { stripControls } from '../report/terminal-text.ts';
import type { Ending } from '../transport/channel.ts';
import { openTerminal } from '../transport/terminal.ts';
import { attachConsole } from './attach-console.ts';
import { nameGuests } from './name-guests.ts';
import { openInventory } from './open-inventory.ts';
import { consoleFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';

const usage = `Usage: provision console GUEST [options]

Attaches this terminal to the serial console of a guest, through its hypervisor. Ctrl-] leaves it. Where the connection
breaks it is made anew. While a guest is installed its console goes to a file: a run follows it, and --log prints what
it has kept of it.

${optionsHelp(consoleFlags)}
`;

const transcripts = join('.provision', 'installations');

/** `provision console GUEST`. */
export async function consoleCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, consoleFlags);
  if (options.help) return print(usage);
  const [name, ...more] = words;
  if (name === undefined || more.length > 0)
    throw problem('PV0003', 'name one guest', { help: 'provision console GUEST' });
  if (options.log) return print(transcriptOf(name));
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw problem('PV0004', 'a console needs a terminal', {
      help: '--log prints what was said during the last installation',
    });
  }
  const known = await openInventory(options);
  const [guest, another] = nameGuests([name], known);
  if (!guest || another) throw problem('PV0003', `\`${name}\` is more than one guest`, { help: 'name one' });
  const { connection, become } = settingsOfHost(guest.hypervisor, known);
  const virsh = ['virsh', '-c', 'qemu:///system', '-e', '^]', 'console', guest.name];
  const command = become === undefined ? virsh : ['sudo', '-u', become, '--', ...virsh];
  process.stderr.write(`console of ${guest.name} on ${guest.hypervisor}; leave it with Ctrl-]\n`);
  if (connection.kind === 'local') return attachHere(command);
  const { knownHosts } = known;
  return exitOf(
    await attachConsole((size, again) =>
      openTerminal(connection, { knownHosts, size, command: quote(again ? [...command, '--force'] : command) }),
    ),
  );
}

async function attachHere([program = '', ...words]: readonly string[]): Promise<number> {
  const child = spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(exitOf({ exit: code ?? 1 })));
  });
}

function exitOf({ exit, why }: Ending): number {
  if (why !== undefined) return 3;
  return exit === 0 ? 0 : 2;
}

/** Without what would move the cursor of whoever reads it. */
function transcriptOf(guest: string): string {
  const isIts = (file: string): boolean =>
    file.startsWith(`${guest}-`) && /^-[\dTZ]*\.log$/.test(file.slice(guest.length));
  const last = transcriptFiles().filter(isIts).toSorted().at(-1);
  if (last === undefined) {
    throw problem('PV0003', `there is no transcript of an installation of ${guest} in ${transcripts}`, {
      help: 'it is kept in the folder that the run was started in',
    });
  }
  return stripControls(readFileSync(join(transcripts, last), 'utf8'));
}

function transcriptFiles(): readonly string[] {
  try {
    return readdirSync(transcripts);
  } catch {
    return [];
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
