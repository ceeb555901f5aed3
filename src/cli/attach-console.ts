import { setTimeout as wait } from 'node:timers/promises';
import { ProvisionError } from '../core/diagnostic.ts';
import type { Ending, Terminal, TerminalSize } from '../transport/channel.ts';

/** Logs in anew and opens the console; `again`: what held it before may not have noticed yet that it was cut off. */
export type OpenConsole = (size: TerminalSize, again: boolean) => Promise<Terminal>;

const leaveKeys = ['\u001d', '\u0003'];
const everyMs = 2_000;
const unreachable: readonly string[] = ['PV4001', 'PV4002', 'PV4003', 'PV4007', 'PV4010', 'PV4012'];

/** Attaches this terminal until somebody leaves; where the link breaks, anew as soon as the host can be reached. */
export async function attachConsole(open: OpenConsole): Promise<Ending> {
  const { stdin } = process;
  let terminal: Terminal | undefined = await open(sizeNow(), false);
  stdin.setRawMode(true);
  try {
    while (terminal) {
      const ending = await attach(terminal);
      if (ending.exit !== undefined) return ending;
      say(`the connection was lost (${ending.why ?? 'the console was cut off'}); trying again, Ctrl-] gives up`);
      terminal = await reopen(open);
    }
    return { why: 'given up' };
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** Every key goes there, Ctrl-C too: only the far end knows the key that leaves. */
async function attach(terminal: Terminal): Promise<Ending> {
  const { stdin, stdout } = process;
  const resize = (): void => terminal.resize(sizeNow());
  stdout.on('resize', resize);
  stdin.pipe(terminal.stdin);
  terminal.stdout.pipe(stdout, { end: false });
  try {
    return await terminal.closed;
  } finally {
    stdout.off('resize', resize);
    stdin.unpipe(terminal.stdin);
  }
}

/** `undefined`: whoever sits there has given up. A refusal, of a host key for one, ends it. */
async function reopen(open: OpenConsole): Promise<Terminal | undefined> {
  const left = new AbortController();
  const onKey = (keys: Buffer): void => {
    if (leaveKeys.some((key) => keys.toString().includes(key))) left.abort();
  };
  process.stdin.on('data', onKey).resume();
  try {
    while (!left.signal.aborted) {
      await wait(everyMs, undefined, { signal: left.signal }).catch(() => undefined);
      const terminal = left.signal.aborted ? undefined : await open(sizeNow(), true).catch(orLater);
      if (terminal && !left.signal.aborted) {
        say('attached again');
        return terminal;
      }
      terminal?.close();
    }
    return undefined;
  } finally {
    process.stdin.off('data', onKey);
  }
}

/** A host that cannot be reached may be back in a moment. */
function orLater(error: unknown): undefined {
  const isAway = error instanceof ProvisionError && unreachable.includes(error.diagnostics[0].code);
  if (!isAway) throw error;
}

function say(text: string): void {
  process.stderr.write(`\r\n${text}\r\n`);
}

function sizeNow(): TerminalSize {
  return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
}
