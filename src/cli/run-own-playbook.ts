import { join } from 'node:path';
import type { RunRequest } from '../engine/request.ts';
import { run } from '../engine/run.ts';
import type { Playbook } from '../load/playbook.ts';
import { findModule } from '../modules/registry.ts';
import { chooseReporter } from '../report/choose.ts';
import { exitInterrupted } from './failure.ts';
import { journalFolder } from './journals.ts';
import type { OpenInventory } from './open-inventory.ts';
import type { destroyFlags } from './options.ts';
import type { Options } from './parse-options.ts';
import { everything } from './project.ts';
import { surroundingsOf } from './terminal.ts';

/** A verb that changes hosts by a playbook of its own. */
export interface OwnWork extends OpenInventory {
  readonly options: Pick<Options<typeof destroyFlags>, 'output' | 'verbose'>;
  readonly signal: AbortSignal;
}

const forks = 10;

/** All hosts, all tasks, and yes to every question: what there was to ask was asked before. */
export function requestFor(playbooks: readonly Playbook[], known: Omit<OwnWork, 'options'>): RunRequest {
  const { inventory, extra, secrets, passwords, knownHosts, signal } = known;
  return {
    ...{ inventory, extra, secrets, passwords, knownHosts, signal, ...everything },
    ...{ playbooks, prompted: [], modules: findModule, forks },
    ...{ check: false, diff: false, confirm: async () => true, emit: () => undefined },
  };
}

/** Runs it as any playbook is run: shown, and with a journal. */
export async function runOwnPlaybook(playbook: Playbook, work: OwnWork, more: Partial<RunRequest> = {}) {
  const { options, signal } = work;
  const reporter = await chooseReporter(options.output, {
    write: (text) => process.stdout.write(text),
    terminal: process.stdout.isTTY === true,
    ...surroundingsOf(process.stdout),
    diff: false,
    verbose: options.verbose,
  });
  try {
    const exit = await run({
      ...requestFor([playbook], work),
      journalFolder,
      debtFolder: join('.provision', 'owed'),
      ...more,
      emit: (event) => {
        more.emit?.(event);
        reporter.on(event);
      },
    });
    return signal.aborted ? exitInterrupted : exit;
  } finally {
    await reporter.close();
  }
}

/** What the verb itself says: standard output is for events where they were asked for. */
export function tell(text: string, { options, secrets }: Pick<OwnWork, 'options' | 'secrets'>): void {
  const stream = options.output === 'ndjson' ? process.stderr : process.stdout;
  stream.write(`${secrets.mask(text)}\n`);
}
