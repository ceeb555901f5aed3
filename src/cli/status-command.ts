import { setTimeout as wait } from 'node:timers/promises';
import type { HypervisorStatus } from '../core/guest-status.ts';
import { type LookAround, withStatus } from '../engine/status.ts';
import { statusJson, statusTable } from '../report/status-table.ts';
import { driftFinder, hostsOf, withDrift } from './drift.ts';
import { nameGuests } from './name-guests.ts';
import { openInventory } from './open-inventory.ts';
import { statusFlags } from './options.ts';
import { type Options, optionsHelp, parseOptions } from './parse-options.ts';
import { abortOnSignals } from './signals.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision status [GUEST...] [options]

Shows hypervisors and their guests as they are. Nothing is changed. LEASE is "yes" where the guest has taken the address
that is kept for it, "kept" where it has not asked yet, "other" where it was given another one.
--drift looks with check mode, like a run of its own, at what the playbook would change on them.
Exit code 3 if a hypervisor cannot be reached.

${optionsHelp(statusFlags)}
`;

const forks = 10;
const everyMs = 3_000;

/** `provision status [GUEST…]`. */
export async function statusCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, statusFlags);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const known = await openInventory(options);
  const guests = words.length === 0 ? undefined : nameGuests(words, known).map(({ name }) => name);
  const { signal, release } = abortOnSignals();
  const request = { ...known, ...(guests && { guests }), signal, forks };
  const findDrift =
    options.drift.length === 0 ? undefined : await driftFinder(options.drift, { known, options, signal });
  try {
    return await withStatus(request, async (lookAround) => {
      const look: LookAround = async () => {
        const status = await lookAround();
        return findDrift ? withDrift(status, await findDrift(hostsOf(status))) : status;
      };
      if (options.watch) return watch(look, { signal, show: (status) => show(status, options, known.secrets) });
      return exitOf(show(await look(), options, known.secrets));
    });
  } finally {
    release();
  }
}

interface Watching {
  readonly signal: AbortSignal;
  readonly show: (status: readonly HypervisorStatus[]) => readonly HypervisorStatus[];
}

async function watch(look: LookAround, { signal, show }: Watching): Promise<number> {
  for (;;) {
    const status = await look();
    if (signal.aborted) return 0;
    show(status);
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return exitOf(status);
  }
}

const clearScreen = '\u001b[H\u001b[2J';

function show<Status extends readonly HypervisorStatus[]>(
  status: Status,
  { output, watch }: Options<typeof statusFlags>,
  secrets: { mask(text: string): string },
): Status {
  const again = watch && process.stdout.isTTY;
  const text =
    output === 'json'
      ? statusJson(status, watch ? undefined : 2)
      : `${again ? clearScreen : ''}${statusTable(status, surroundingsOf(process.stdout))}`;
  process.stdout.write(secrets.mask(text));
  return status;
}

function exitOf(status: readonly HypervisorStatus[]): number {
  return status.some(({ failure }) => failure) ? 3 : 0;
}
