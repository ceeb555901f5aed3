import type { Emit } from '../core/event.ts';
import type { JournalLine } from '../core/journal-line.ts';
import type { SourceText } from '../core/source.ts';
import { selectHosts } from '../load/inventory.ts';
import type { Play, Statement, Task } from '../load/playbook.ts';
import { batchesOf, inOrder } from './batches.ts';
import { type DebtBook, Debts } from './debts.ts';
import { gatherFacts } from './gather-facts.ts';
import type { GrowingInventory } from './growing-inventory.ts';
import { HostWalk } from './host-walk.ts';
import type { Machines } from './machines.ts';
import type { OtherHypervisors } from './other-hypervisors.ts';
import { overlay } from './overlay.ts';
import { type HostState, newHostState, type PlayContext } from './play-context.ts';
import { PlayControl } from './play-control.ts';
import { hostsOfPlay } from './play-hosts.ts';
import { outcomeOf, Replay } from './replay.ts';
import type { RunRequest } from './request.ts';
import { type Forks, oneAtATime } from './schedule.ts';
import { createScope } from './scope.ts';
import { Seats } from './seats.ts';
import { isSelected } from './selection.ts';
import type { StateKeeper } from './state-keeper.ts';
import { layersOf } from './task-layers.ts';

/** The state of a run that its plays share. */
export interface Run {
  readonly id: string;
  readonly request: RunRequest;
  readonly emit: Emit;
  readonly forks: Forks;
  readonly machines: Machines;
  readonly others: OtherHypervisors;
  readonly inventory: GrowingInventory;
  readonly hosts: Map<string, HostState>;
  readonly dataOf: (host: string) => Readonly<Record<string, unknown>>;
  readonly plays: readonly Play[];
  /** Tasks that tags and `--start-at-task` choose. */
  readonly chosen: ReadonlyMap<Play, ReadonlySet<Task>>;
  /** Stops the other hosts where one has met a mistake of ours. */
  readonly stop: AbortController;
  readonly transcribe?: PlayContext['transcribe'];
  readonly note?: (line: JournalLine) => void;
  readonly rendered?: (source: SourceText) => void;
  readonly debts: DebtBook;
  readonly states?: StateKeeper;
}

export interface PlayEnd {
  /** It had hosts and tasks. */
  readonly begun: boolean;
  /** Nothing is to be done after it. */
  readonly fatal: boolean;
}

/** A play, batch after batch. */
export async function runPlay(play: Play, run: Run): Promise<PlayEnd> {
  const states = asBefore(inOrder(hostsOf(play, run), play.order), play, run);
  const tasks = run.chosen.get(play);
  if (states.length === 0 || !tasks || tasks.size === 0) return { begun: false, fatal: false };
  const shared = sharedContext(play, run, tasks);
  for (const batch of batchesOf(states, play.serial)) {
    const control = new PlayControl(play, batch.length);
    if (batch.some(({ replay }) => replay?.batch(run.plays.indexOf(play))?.ended)) control.end();
    await runBatch(batch, { ...shared, control }, run);
    if (control.over) return { begun: true, fatal: control.fatal };
  }
  return { begun: true, fatal: false };
}

/** All hosts run their tasks side by side; then, when all are through, their handlers. */
async function runBatch(batch: readonly HostState[], context: PlayContext, run: Run): Promise<void> {
  const { play, emit } = context;
  const names = batch.map(({ name }) => name);
  emit({ event: 'play.start', play: play.name, hosts: names });
  const owed = context.debts.begin(batch);
  context.note?.({ event: 'batch.start', play: run.plays.indexOf(play), hosts: names, owed });
  const inAll = (hosts: readonly HostState[], work: (host: HostState) => Promise<void>): Promise<void> =>
    run.forks.all(hosts, async (host) => {
      await stopAllAtMistakes(run.stop, () => work(host));
      await run.machines.rest(host, play);
    });
  await inAll(batch, async (host) => {
    enterAgain(host, 'tasks', run.plays.indexOf(play), context);
    await gatherFacts(host, context);
    await new HostWalk(host, context).sections(play.sections);
    if (!owesHandlers(host, play)) endHost(host, context);
  });
  context.control.beginHandlers();
  context.note?.({ event: 'batch.handlers' });
  await inAll(
    batch.filter((host) => owesHandlers(host, play)),
    async (host) => {
      await runOwed(host, context, run.plays.indexOf(play));
      endHost(host, context);
    },
  );
}

/** A host that failed runs its handlers where `force_handlers` says so, and has failed all the same. */
async function runOwed(host: HostState, context: PlayContext, number: number): Promise<void> {
  const { ended } = host;
  host.left = false;
  delete host.ended;
  enterAgain(host, 'handlers', number, context);
  await new HostWalk(host, context).handlers();
  if (ended) host.ended = ended;
}

/** What was under way in the run that is resumed is kept at once: this one may be cut short before it comes there. */
function enterAgain(host: HostState, part: 'tasks' | 'handlers', number: number, { note }: PlayContext): void {
  for (const line of host.replay?.enter(number, part) ?? []) note?.(line);
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

function owesHandlers({ ended, notified }: HostState, { forceHandlers }: Play): boolean {
  return notified.size > 0 && (ended === undefined || (ended === 'failed' && forceHandlers));
}

function endHost(host: HostState, { play, emit, debts }: PlayContext): void {
  debts.end(host.name, host.ended === undefined);
  host.notified.clear();
  host.left = false;
  const status = host.ended ?? (host.tally.changed > 0 ? 'changed' : 'ok');
  emit({ event: 'host.end', host: host.name, play: play.name, status });
}

/** The play's hosts that are within the limit and still well. */
function hostsOf(play: Play, run: Run): HostState[] {
  const { request, inventory, hosts } = run;
  const { current } = inventory;
  const within = request.limit === undefined ? undefined : new Set(selectHosts(current, request.limit));
  const names = hostsOfPlay(play, current, run.plays).filter((name) => within?.has(name) ?? true);
  return names
    .map((name) => {
      const state = hosts.get(name) ?? newHostState(name, replayOf(name, request.resumed));
      hosts.set(name, state);
      return state;
    })
    .filter((host) => host.ended === undefined);
}

/** What the batches of a play share. */
function sharedContext(play: Play, run: Run, tasks: ReadonlySet<Task>): Omit<PlayContext, 'control'> {
  const { request, machines, hosts, forks } = run;
  const seats = new Map<Task, Seats>();
  return {
    play,
    debts: new Debts(play, run.plays, run.debts),
    check: request.check,
    diff: request.diff,
    ...(request.resumed && { resumed: request.resumed }),
    emit: run.emit,
    selects: (item) => isSelected(item, tasks),
    inventory: run.inventory,
    ...questions(request),
    pins: request.knownHosts,
    ...(run.transcribe && { transcribe: run.transcribe }),
    ...(run.states && { states: run.states }),
    ...(run.note && { note: run.note }),
    signal: AbortSignal.any([request.signal, run.stop.signal]),
    module: request.modules,
    scope: (host, statement, names) => scopeFor(host, { play, statement, run, names }),
    askOthers: (own, question) => run.others.ask(own, question),
    elsewhere: (name, work) => machines.elsewhere(name, work),
    machine: (name) => machines.get(name),
    identity: (task, machine, scope) => machines.identity(task, machine, scope),
    arguments: {
      templateFolders: [],
      secrets: request.secrets,
      ...(request.overrides && { overrides: request.overrides }),
      ...(run.rendered && { rendered: run.rendered }),
    },
    readAhead: (name) => machines.readAhead(name),
    ended: (name) => hosts.get(name)?.ended,
    once: onceBefore(play, run),
    waitApart: (waiting) => forks.apart(waiting),
    throttled: (task, limit, work) => {
      const own = seats.get(task) ?? new Seats(limit);
      seats.set(task, own);
      return seated(own, forks, work);
    },
  };
}

/** Only one at a time: two guests must not talk over each other. */
function questions({ ask, confirm, step, secrets }: RunRequest): Pick<PlayContext, 'ask' | 'confirm' | 'step'> {
  const inTurn = oneAtATime((question: () => Promise<unknown>) => question());
  return {
    ask: async ({ text, hidden }) => {
      const answer = await inTurn(async () => ask?.({ text: secrets.mask(text), hidden }));
      return typeof answer === 'string' ? answer : undefined;
    },
    confirm: async (question, typed) => (await inTurn(() => confirm(secrets.mask(question), typed))) === true,
    ...(step && { step: async (task, host) => (await inTurn(() => step(secrets.mask(task), host))) === true }),
  };
}

async function seated<T>(seats: Seats, forks: Forks, work: () => Promise<T>): Promise<T> {
  await forks.apart(seats.take());
  try {
    return await work();
  } finally {
    seats.giveBack();
  }
}

function replayOf(host: string, resumed: RunRequest['resumed']): Replay | undefined {
  return resumed && new Replay(host, resumed.earlier.batches);
}

/** Hosts that began the play in the run that is resumed come first, in the order of then. */
function asBefore(hosts: readonly HostState[], play: Play, { request, plays }: Run): readonly HostState[] {
  const batches = request.resumed?.earlier.batches.filter((batch) => batch.play === plays.indexOf(play)) ?? [];
  const before = batches.flatMap((batch) => batch.hosts);
  const rank = ({ name }: HostState): number => (before.includes(name) ? before.indexOf(name) : before.length);
  return batches.length === 0 ? hosts : hosts.toSorted((one, other) => rank(one) - rank(other));
}

/** What one host did for all in the run that is resumed. */
function onceBefore(play: Play, { request, plays }: Run): PlayContext['once'] {
  const once: PlayContext['once'] = new Map();
  const statements = [...play.tasks, ...play.handlers];
  for (const batch of request.resumed?.earlier.batches ?? []) {
    if (batch.play !== plays.indexOf(play)) continue;
    for (const phase of [...batch.tasks.values(), ...(batch.handlers?.values() ?? [])]) {
      for (const { whole } of phase.done) {
        const task = whole && statements[whole.number];
        if (!task || !whole.once || whole.withheld) continue;
        const passes = once.get(task) ?? new Map();
        once.set(task, passes.set(whole.pass ?? '', { host: whole.host, outcome: Promise.resolve(outcomeOf(whole)) }));
      }
    }
  }
  return once;
}

interface Place {
  readonly play: Play;
  readonly statement: Statement;
  readonly run: Run;
  readonly names: Readonly<Record<string, unknown>>;
}

/** The variables that a task or block sees on a host. */
function scopeFor(host: HostState, { play, statement, run, names }: Place) {
  const { request, inventory, dataOf } = run;
  const ofHost = inventory.current.hosts.get(host.name)?.layers ?? [];
  return createScope({
    inventory: inventory.current,
    host: host.name,
    layers: layersOf(statement, { play, host: ofHost, prompted: request.prompted }),
    data: overlay(host.data, names),
    extra: request.extra,
    secrets: request.secrets,
    dataOf: (name) => (name === host.name ? host.data : dataOf(name)),
  });
}
