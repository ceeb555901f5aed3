import { userInfo } from 'node:os';
import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Emit } from '../core/event.ts';
import type { Tally } from '../core/outcome.ts';
import { selectHosts } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';
import { runHandlers, runTasks } from './host-run.ts';
import { newRunId, openJournal } from './journal.ts';
import { Machines } from './machines.ts';
import { maskEvents } from './mask.ts';
import { type HostState, newHostState, type PlayContext } from './play-context.ts';
import type { RunRequest } from './request.ts';
import { Forks, oneAtATime } from './schedule.ts';
import { createScope } from './scope.ts';
import { selectedTasks } from './tags.ts';
import { templateFolders } from './template-files.ts';
import { transcriber } from './transcripts.ts';

/** The state of a run that its plays share. */
interface Run {
  readonly id: string;
  readonly request: RunRequest;
  readonly emit: Emit;
  readonly forks: Forks;
  readonly machines: Machines;
  readonly hosts: Map<string, HostState>;
  readonly dataOf: (host: string) => Readonly<Record<string, unknown>>;
  /** Stops the other hosts where one has met a mistake of ours. */
  readonly stop: AbortController;
  readonly transcribe?: PlayContext['transcribe'];
}

/**
 * Runs the playbooks and returns the exit code: 0 all well, 2 a task failed, 3 a host could not be reached, 130
 * interrupted. Everything that happens is told through `emit`.
 */
export async function run(request: RunRequest): Promise<number> {
  const started = performance.now();
  const id = newRunId(new Date());
  const { journalFolder } = request;
  const warn = (diagnostic: Diagnostic): void => request.emit({ event: 'diagnostic', diagnostic, severity: 'warning' });
  const journal = journalFolder === undefined ? undefined : openJournal(journalFolder, id, warn);
  const emit = maskEvents((event) => {
    journal?.emit(event);
    request.emit(event);
  }, request.secrets);
  const hosts = new Map<string, HostState>();
  const dataOf = (host: string): Readonly<Record<string, unknown>> => hosts.get(host)?.data ?? {};
  const forks = new Forks(request.forks);
  const machines = new Machines(request, {
    run: id,
    user: userInfo().username,
    dataOf,
    forks,
    warn: (diagnostic) => emit({ event: 'diagnostic', diagnostic, severity: 'warning' }),
  });
  emit({
    event: 'run.start',
    v: 1,
    run: id,
    playbooks: request.playbooks.map((playbook) => playbook.name),
    check: request.check,
    at: new Date().toISOString(),
  });
  for (const diagnostic of request.warnings ?? []) emit({ event: 'diagnostic', diagnostic, severity: 'warning' });
  try {
    const shared = { id, request, emit, forks, machines, hosts, dataOf, stop: new AbortController() };
    const exit = await runPlays({ ...shared, ...transcripts(request, warn) });
    const tallies = Object.fromEntries([...hosts].map(([name, host]): [string, Tally] => [name, host.tally]));
    const { traffic } = machines;
    emit({ event: 'run.end', hosts: tallies, traffic, exit, ms: Math.round(performance.now() - started) });
    return exit;
  } finally {
    await machines.close();
    journal?.close();
  }
}

function transcripts(request: RunRequest, onLoss: (diagnostic: Diagnostic) => void): Pick<Run, 'transcribe'> {
  const { transcriptFolder: folder, secrets } = request;
  return folder === undefined ? {} : { transcribe: transcriber({ folder, secrets, onLoss }) };
}

async function runPlays(run: Run): Promise<number> {
  const { request, hosts } = run;
  let begun = 0;
  try {
    for (const playbook of request.playbooks) {
      for (const play of playbook.plays) begun += Number(await runPlay(play, run));
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

/** All hosts run their tasks side by side; then, when all are through, their handlers. `false`: there was nothing. */
async function runPlay(play: Play, run: Run): Promise<boolean> {
  const { request, emit } = run;
  const states = hostsOf(play, run);
  const tasks = selectedTasks(play, request);
  if (states.length === 0 || tasks.length === 0) return false;
  const context = playContext(play, run);
  emit({ event: 'play.start', play: play.name, hosts: states.map((host) => host.name) });
  const inAll = (hosts: readonly HostState[], work: (host: HostState) => Promise<void>): Promise<void> =>
    run.forks.all(hosts, async (host) => {
      await stopAllAtMistakes(run.stop, () => work(host));
      await run.machines.rest(host, play);
    });
  await inAll(states, async (host) => {
    await runTasks(tasks, host, context);
    if (!owesHandlers(host)) endHost(host, play, emit);
  });
  await inAll(states.filter(owesHandlers), async (host) => {
    await runHandlers(host, context);
    endHost(host, play, emit);
  });
  return true;
}

/** What is thrown here is no failure of a host: those end as outcomes. */
async function stopAllAtMistakes(stop: AbortController, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    stop.abort(error);
    throw error;
  }
}

function owesHandlers(host: HostState): boolean {
  return host.ended === undefined && host.notified.size > 0;
}

function endHost(host: HostState, play: Play, emit: Emit): void {
  host.notified.clear();
  const status = host.ended ?? (host.tally.changed > 0 ? 'changed' : 'ok');
  emit({ event: 'host.end', host: host.name, play: play.name, status });
}

/** The play's hosts that are within the limit and still well. */
function hostsOf(play: Play, { request, hosts }: Run): HostState[] {
  const within = request.limit === undefined ? undefined : new Set(selectHosts(request.inventory, request.limit));
  const names = selectHosts(request.inventory, play.hosts, play.at).filter((name) => within?.has(name) ?? true);
  return names
    .map((name) => {
      const state = hosts.get(name) ?? newHostState(name);
      hosts.set(name, state);
      return state;
    })
    .filter((host) => host.ended === undefined);
}

function playContext(play: Play, run: Run): PlayContext {
  const { request, machines, hosts } = run;
  return {
    play,
    check: request.check,
    diff: request.diff,
    emit: run.emit,
    confirm: oneAtATime(request.confirm),
    pins: request.knownHosts,
    ...(run.transcribe && { transcribe: run.transcribe }),
    signal: AbortSignal.any([request.signal, run.stop.signal]),
    module: request.modules,
    scope: (host, task, item) => scopeFor(host, { play, task, run, ...(item && { item }) }),
    machine: (name) => machines.get(name),
    identity: (task, ofPlay, machine) => machines.identity(task, ofPlay, machine),
    arguments: { templateFolders: templateFolders(play.playbook), secrets: request.secrets },
    readAhead: (name) => machines.readAhead(name),
    ended: (name) => hosts.get(name)?.ended,
    once: new Map(),
  };
}

interface Place {
  readonly play: Play;
  readonly task: Task;
  readonly run: Run;
  readonly item?: { readonly item: unknown };
}

/** The variables one task sees on one host. */
function scopeFor(host: HostState, { play, task, run, item }: Place) {
  const { request, dataOf } = run;
  return createScope({
    inventory: request.inventory,
    host: host.name,
    layers: [...(request.inventory.hosts.get(host.name)?.layers ?? []), play.vars, ...request.prompted, task.vars],
    data: item ? withItem(host.data, item) : host.data,
    extra: request.extra,
    secrets: request.secrets,
    dataOf: (name) => (name === host.name ? host.data : dataOf(name)),
  });
}

/** Without asking for any of the data: some of it may not be there yet. */
function withItem(data: Readonly<Record<string, unknown>>, item: object): Record<string, unknown> {
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(data), ...Object.getOwnPropertyDescriptors(item) },
  );
}
