import { userInfo } from 'node:os';
import { milliseconds } from '../core/clock.ts';
import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { StepSent } from '../core/event.ts';
import type { Tally } from '../core/outcome.ts';
import type { Play } from '../load/playbook.ts';
import { templateKeeper } from './file-digest.ts';
import { GrowingInventory } from './growing-inventory.ts';
import { newRunId, openJournal } from './journal.ts';
import { Machines } from './machines.ts';
import { maskEvents } from './mask.ts';
import { OtherHypervisors } from './other-hypervisors.ts';
import type { HostState } from './play-context.ts';
import { type Run, runPlay } from './play-run.ts';
import { PutOff } from './put-off.ts';
import type { RunRequest } from './request.ts';
import { Forks } from './schedule.ts';
import { selectTasks } from './selection.ts';
import { StateKeeper } from './state-keeper.ts';
import { transcriber } from './transcripts.ts';

/**
 * Runs the playbooks and returns the exit code: 0 all well, 2 a task failed, 3 a host could not be reached, 130
 * interrupted. Everything that happens is told through `emit`.
 */
export async function run(given: RunRequest): Promise<number> {
  const inventory = new GrowingInventory(given.inventory, playsOf(given));
  const request = withInventory(given, inventory);
  const started = milliseconds();
  const id = newRunId(new Date());
  const { journalFolder } = request;
  const warn = (diagnostic: Diagnostic): void => request.emit({ event: 'diagnostic', diagnostic, severity: 'warning' });
  const journal = journalFolder === undefined ? undefined : openJournal(journalFolder, id, warn);
  const emit = maskEvents((event) => {
    journal?.emit(event);
    request.emit(event);
  }, request.secrets);
  const doubt = (diagnostic: Diagnostic): void => emit({ event: 'diagnostic', diagnostic, severity: 'warning' });
  const hosts = new Map<string, HostState>();
  const dataOf = (host: string): Readonly<Record<string, unknown>> => hosts.get(host)?.data ?? {};
  const forks = new Forks(request.forks);
  const putOff = new PutOff();
  const owner = { run: id, user: userInfo().username, dataOf, forks, warn: doubt, beforeSending: putOff.settle };
  const [machines, others] = [new Machines(request, owner), new OtherHypervisors(request, owner)];
  emit({
    event: 'run.start',
    v: 1,
    run: id,
    playbooks: request.playbooks.map((playbook) => playbook.name),
    check: request.check,
    at: new Date().toISOString(),
  });
  const note = request.check ? undefined : journal?.note;
  if (request.made) note?.(request.made);
  request.warnings?.forEach(doubt);
  try {
    const chosen = selectTasks(playsOf(request), request);
    const shared = {
      id,
      request,
      emit,
      forks,
      machines,
      others,
      inventory,
      hosts,
      dataOf,
      plays: playsOf(request),
      chosen,
      ...(note && { note, rendered: templateKeeper(note) }),
      stop: new AbortController(),
      ...(journal && { states: new StateKeeper(journal.note, request.secrets) }),
      debts: {
        ...(request.debtFolder !== undefined && { folder: request.debtFolder }),
        run: id,
        check: request.check,
        sent: (line: StepSent) => {
          if (!journal) return;
          journal.sent({ ...line, step: request.secrets.mask(line.step) });
          putOff.add(journal.flush);
        },
        warn: doubt,
        putOff,
      },
    };
    const exit = await runPlays({ ...shared, ...transcripts(request, warn) });
    const tallies = Object.fromEntries([...hosts].map(([name, host]): [string, Tally] => [name, host.tally]));
    const { traffic } = machines;
    emit({ event: 'run.end', hosts: tallies, traffic, exit, ms: Math.round(milliseconds() - started) });
    return exit;
  } finally {
    putOff.settle();
    await Promise.all([machines.close(), others.close()]);
    journal?.close();
  }
}

function transcripts(request: RunRequest, onLoss: (diagnostic: Diagnostic) => void): Pick<Run, 'transcribe'> {
  const { transcriptFolder: folder, secrets } = request;
  return folder === undefined ? {} : { transcribe: transcriber({ folder, secrets, onLoss }) };
}

/** Whoever asks for the inventory gets it with what tasks have added meanwhile. */
function withInventory(request: RunRequest, growing: GrowingInventory): RunRequest {
  return {
    ...request,
    get inventory() {
      return growing.current;
    },
  };
}

function playsOf({ playbooks }: RunRequest): readonly Play[] {
  return playbooks.flatMap(({ plays }) => plays);
}

async function runPlays(run: Run): Promise<number> {
  const { request, hosts } = run;
  let begun = 0;
  try {
    for (const play of playsOf(request)) {
      const end = await runPlay(play, run);
      begun += Number(end.begun);
      if (end.fatal) break;
    }
  } catch (error) {
    if (request.signal.aborted) return 130;
    if (!(error instanceof ProvisionError)) throw error;
    for (const diagnostic of error.diagnostics) run.emit({ event: 'diagnostic', diagnostic, severity: 'error' });
    return 2;
  }
  if (begun === 0) run.emit({ event: 'diagnostic', diagnostic: nothingRun, severity: 'warning' });
  const ends = [...hosts.values()].map((host) => host.ended);
  if (ends.includes('unreachable')) return 3;
  return ends.includes('failed') ? 2 : 0;
}

const nothingRun: Diagnostic = {
  code: 'PV0006',
  message: 'nothing was run: no play has both hosts within the limit and tasks that the tags choose',
  help: '`--list-hosts --list-tasks --list-tags` shows what there is',
};
