import { readFileSync } from 'node:fs';
import { problem } from '../core/diagnostic.ts';
import type { Change } from '../engine/changes.ts';
import { lookAtChanges } from '../engine/look-at-changes.ts';
import { restorerOf } from '../engine/put-back.ts';
import { selectHosts } from '../load/inventory.ts';
import { countOf } from '../report/task-text.ts';
import { ask, canAsk, terminalAsking } from './ask.ts';
import { expandLimit } from './expand-limit.ts';
import { exitInterrupted } from './failure.ts';
import { idOf, journalFolder, journalOf } from './journals.ts';
import { openInventory } from './open-inventory.ts';
import { undoFlags } from './options.ts';
import { type Options, optionsHelp, parseOptions } from './parse-options.ts';
import { type OwnWork, runOwnPlaybook, tell } from './run-own-playbook.ts';
import { abortOnSignals } from './signals.ts';
import { surroundingsOf } from './terminal.ts';
import { type RecordedRun, recordedRun } from './undo-journal.ts';
import { type HostUndo, toPutBack, undoPlan } from './undo-plan.ts';
import { undoPlaybook } from './undo-playbook.ts';
import { hostText } from './undo-text.ts';

const usage = `Usage: provision undo RUN [options]

Puts back what a run changed, the newest change first, where its journal holds how it was: files, directories, links,
units, rules, networks and pools. Shows it first, with what cannot be put back and why, and asks. What somebody changed
after the run is left alone. RUN is an id of \`provision runs\`, or the beginning of it; \`last\` is the last one. An undo is
a run: it can be undone.

${optionsHelp(undoFlags)}
`;

const forks = 10;

interface Undo extends OwnWork {
  readonly options: Options<typeof undoFlags>;
  readonly id: string;
  readonly overwrites: (change: Change) => boolean;
}

/** `provision undo RUN`. */
export async function undoCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, undoFlags);
  const [name, ...others] = words;
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (name === undefined || others.length > 0) {
    throw problem('PV0003', '`provision undo` takes the id of one run', { help: '`provision runs` lists them' });
  }
  const path = journalOf(name);
  const recorded = recordedRun(readFileSync(path, 'utf8'));
  const known = await openInventory(options);
  const { signal, release } = abortOnSignals();
  try {
    return await undo(recorded, {
      ...known,
      options,
      signal,
      id: idOf(path),
      overwrites: overwriting(recorded, options),
    });
  } finally {
    release();
  }
}

async function undo(recorded: RecordedRun, work: Undo): Promise<number> {
  const { options, signal, id } = work;
  const began = `${recorded.at.slice(0, 19).replace('T', ' ')}Z`;
  tell(`undo of run ${id}: ${recorded.playbooks.join(', ')}, began ${began}`, work);
  if (recorded.check) {
    tell('it was a run in check mode: it changed nothing', work);
    return 0;
  }
  const hosts = await planFor(recorded, work);
  if (signal.aborted) return exitInterrupted;
  const screen = { ...surroundingsOf(process.stdout), diff: options.diff };
  for (const host of hosts) tell(`\n${hostText(host, screen)}`, work);
  const failed = hosts.some(({ failure }) => failure) ? 3 : 0;
  const changes = toPutBack(hosts);
  if (hosts.length === 0) tell('it changed nothing', work);
  else if (changes.length === 0 && failed === 0) tell('\nnothing to do', work);
  if (options.check || changes.length === 0) return failed;
  if (!options.yes && !(await confirmed(changes))) {
    tell('nothing was put back', work);
    return failed;
  }
  return Math.max(failed, await perform(hosts, changes, work));
}

/** Of hosts that the inventory has, and the limit; the others are told, and left alone. */
async function planFor({ changes, lasting, ...recorded }: RecordedRun, work: Undo): Promise<readonly HostUndo[]> {
  const { inventory, options, signal } = work;
  const within =
    options.limit === undefined ? undefined : selectHosts(inventory, expandLimit(options.limit, journalFolder));
  const isWithin = (host: string): boolean => within?.includes(host) ?? true;
  const asked = changes.filter(({ on }) => isWithin(on));
  const unknown = [...new Set(asked.map(({ on }) => on).filter((host) => !inventory.hosts.has(host)))];
  const found = await lookAtChanges(
    asked.filter(({ on }) => !unknown.includes(on)),
    { ...work, signal, forks },
  );
  const { diagnostics } = problem('PV2008', 'the inventory no longer has this host');
  const failures = unknown.map((host) => [host, { failure: diagnostics[0] }] as const);
  return undoPlan(
    { ...recorded, changes, lasting: lasting.filter(({ host }) => isWithin(host)) },
    new Map([...found, ...failures]),
  );
}

/** By what the screen calls it. */
function overwriting({ changes }: RecordedRun, options: Options<typeof undoFlags>): (change: Change) => boolean {
  const names = options.overwrite;
  const calledOf = ({ was }: Change): string => restorerOf(was).called(was.name);
  for (const name of names) {
    if (changes.some((change) => calledOf(change) === name)) continue;
    throw problem('PV0003', `that run changed nothing called \`${name}\``, { help: 'name it as the plan does' });
  }
  return (change) => names.includes(calledOf(change));
}

async function confirmed(changes: readonly Change[]): Promise<boolean> {
  const asking = terminalAsking();
  if (!canAsk(asking)) {
    throw problem('PV0004', 'this is to be confirmed, and there is no terminal', { help: '`-y` puts it back unasked' });
  }
  const hosts = new Set(changes.map(({ on }) => on));
  const question = `put back ${countOf(changes.length, 'change')} on ${countOf(hosts.size, 'host')}? [y/N] `;
  return /^y(es)?$/i.test((await ask(question, asking)).trim());
}

async function perform(hosts: readonly HostUndo[], changes: readonly Change[], work: Undo): Promise<number> {
  const { id, overwrites } = work;
  const again = hosts.flatMap((host) => host.again);
  const { playbook, modules } = undoPlaybook({ run: id, changes, again, overwrites });
  return runOwnPlaybook(playbook, work, { modules });
}
