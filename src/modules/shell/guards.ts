import { problem } from '../../core/diagnostic.ts';
import type { Look } from '../../core/plan.ts';
import { quoteWord } from '../../core/quote.ts';

interface GuardedCommand {
  readonly creates?: string;
  readonly removes?: string;
  readonly unless?: string;
  readonly directory?: string;
}

/** What tells that a command was done before; left out: the task does not ask. */
export interface Guards {
  readonly created?: boolean;
  readonly removed?: boolean;
  readonly unless?: boolean;
}

/** `undefined` for a bare command. */
export async function readGuards(command: GuardedCommand, look: Look): Promise<Guards | undefined> {
  const { creates, removes, unless } = command;
  if (creates === undefined && removes === undefined && unless === undefined) return undefined;
  const [created, removed, succeeds] = await Promise.all([
    creates === undefined ? undefined : look.stat(creates).then((stat) => stat !== undefined),
    removes === undefined ? undefined : look.stat(removes).then((stat) => stat === undefined),
    unless === undefined ? undefined : askUnless(unless, command.directory, look),
  ]);
  return {
    ...(created !== undefined && { created }),
    ...(removed !== undefined && { removed }),
    ...(succeeds !== undefined && { unless: succeeds }),
  };
}

/** One of them is enough, as each is a reason not to run. */
export function holds({ created, removed, unless }: Guards): boolean {
  return created === true || removed === true || unless === true;
}

const everyExit = Array.from({ length: 128 }, (_, status) => status);

/** Killed by a signal, or a program that is not there, is no answer; a silent 127 is: it is what `command -v` says. */
async function askUnless(unless: string, directory: string | undefined, look: Look): Promise<boolean> {
  const enter = directory === undefined ? '' : `cd ${quoteWord(directory)} || exit\n`;
  // By standard input: what it holds is not for the process list. The braces are read to their end before any of it runs.
  const stdin = `${enter}{\n${unless}\n} </dev/null\n`;
  const { exit, stderr } = await look.query(['sh'], { exits: everyExit, stdin });
  if (exit < 126 || (exit === 127 && stderr === '')) return exit === 0;
  throw problem('PV5001', `\`unless\` could not be run: ${stderr.trim()}`, { argument: ['unless'] });
}
