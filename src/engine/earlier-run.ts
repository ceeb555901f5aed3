import type { RunEvent, StepSent, TaskPlace } from '../core/event.ts';
import type { JournalLine, RunMade, TaskKept, TaskRecalled } from '../core/journal-line.ts';
import type { Status } from '../core/outcome.ts';
import { isFailure } from './registered.ts';
import { takenOver } from './taken-over.ts';

/** A task of a host in the run that is resumed. */
export interface EarlierTask extends TaskPlace {
  /** Left out where nothing was sent or kept. */
  readonly number?: number;
  readonly pass?: string;
  /** Left out: it had not ended, or is to be done again. */
  status?: Status;
  /** What was kept of it as a whole, and of the items of its loop. */
  whole?: TaskKept;
  readonly items: Map<number, TaskKept>;
  readonly sent: StepSent[];
  /** Items, or the whole, of which a step was sent that counts as a change. */
  readonly changing: Set<number | undefined>;
  /** Commands that were sent and cannot be seen on the host, by item. */
  readonly unsure: Map<number | undefined, StepSent>;
  /** `--step` was answered with no. */
  declined?: true;
}

/** What a host did in the tasks, or in the handlers, of a play. */
export interface EarlierPhase {
  /** In the order in which they ended. */
  readonly done: EarlierTask[];
  /** Under way when the run was cut short, or failed. */
  readonly open: EarlierTask[];
  /** The task that was kept last: it ends next. */
  ending?: EarlierTask;
  /** It failed here: what came after it is done again. */
  cut?: true;
}

/** Hosts that went through a play together. */
export interface EarlierBatch {
  readonly play: number;
  readonly hosts: readonly string[];
  readonly owed: Readonly<Record<string, readonly string[]>>;
  readonly tasks: Map<string, EarlierPhase>;
  /** Left out before its handlers began. */
  handlers?: Map<string, EarlierPhase>;
  /** `meta: end_play`. */
  ended?: true;
}

/** All that the journal of a run knows for who goes on with it. */
export interface EarlierRun {
  readonly id: string;
  readonly check: boolean;
  readonly playbooks: readonly string[];
  readonly made: RunMade | undefined;
  /** Left out where it was killed. */
  readonly exit: number | undefined;
  readonly templates: ReadonlyMap<string, string>;
  readonly batches: readonly EarlierBatch[];
  readonly facts: ReadonlyMap<string, unknown>;
  /** Questions that were answered with yes. */
  readonly confirmed: ReadonlySet<string>;
}

type Line = JournalLine | RunEvent;

/** `journalOf` gives that of another run, with which the run may have gone on; nothing where it is gone. */
export function readEarlierRun(journal: string, journalOf?: (run: string) => string | undefined): EarlierRun {
  const reader = new Reader();
  for (const text of journal.split('\n')) {
    const line = lineIn(text);
    if (line) reader.take(line);
  }
  const resumed = reader.made?.resumes;
  const before = resumed === undefined ? undefined : journalOf?.(resumed);
  return before === undefined ? reader : takenOver(reader, readEarlierRun(before, journalOf));
}

/** The last line of a run that was killed may be a piece. */
function lineIn(text: string): Line | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as Line);
  } catch {
    return undefined;
  }
}

class Reader implements EarlierRun {
  id = '';
  check = false;
  playbooks: readonly string[] = [];
  made: RunMade | undefined;
  exit: number | undefined;
  readonly templates = new Map<string, string>();
  readonly batches: EarlierBatch[] = [];
  readonly facts = new Map<string, unknown>();
  readonly confirmed = new Set<string>();

  take(line: Line): void {
    switch (line.event) {
      case 'run.start':
        this.id = line.run;
        this.check = line.check;
        this.playbooks = line.playbooks;
        break;
      case 'run.made':
        this.made = line;
        break;
      case 'run.end':
        this.exit = line.exit;
        break;
      case 'file.read':
        this.templates.set(line.file, line.sha256);
        break;
      case 'facts.read':
        this.facts.set(line.host, line.facts);
        break;
      case 'step.confirmed':
        this.confirmed.add(confirmedKey(line, line.question));
        break;
      default:
        this.takeOfBatch(line);
    }
  }

  private takeOfBatch(line: Line): void {
    const batch = this.batches.at(-1);
    if (line.event === 'batch.start') {
      const { play, hosts, owed } = line;
      this.batches.push({ play, hosts, owed, tasks: new Map(hosts.map((host) => [host, newPhase()])) });
    } else if (line.event === 'batch.handlers' && batch) batch.handlers = new Map();
    else if (line.event === 'batch.ended' && batch) batch.ended = true;
    else if (batch && 'host' in line && 'task' in line) takeOfTask(line, batch);
  }
}

/** Tells whether the same was asked. */
export function confirmedKey({ host, play, task }: TaskPlace, question: string): string {
  return JSON.stringify([host, play, task, question]);
}

function newPhase(): EarlierPhase {
  return { done: [], open: [] };
}

function takeOfTask(line: Line & TaskPlace, { tasks, handlers }: EarlierBatch): void {
  const phase = phaseIn(handlers ?? tasks, line.host);
  if (phase.cut || tasks.get(line.host)?.cut) return;
  switch (line.event) {
    case 'step.sent':
      delete phase.ending;
      send(line, openTask(line, phase));
      break;
    case 'task.kept':
      keep(line, phase);
      break;
    case 'task.declined':
      phase.done.push({ ...newTask(line), declined: true });
      break;
    case 'task.recalled':
    case 'task.end':
      endTask(line, phase);
  }
}

function phaseIn(phases: Map<string, EarlierPhase>, host: string): EarlierPhase {
  const phase = phases.get(host) ?? newPhase();
  phases.set(host, phase);
  return phase;
}

function newTask({ host, play, task, module }: TaskPlace): EarlierTask {
  return { host, play, task, module, items: new Map(), sent: [], changing: new Set(), unsure: new Map() };
}

function openTask(line: StepSent | TaskKept, { open }: EarlierPhase): EarlierTask {
  const { number, pass } = line;
  const known = open.find((task) => task.number === number && task.pass === pass);
  if (known) return known;
  const task = { ...newTask(line), number, ...(pass !== undefined && { pass }) };
  open.push(task);
  return task;
}

function send(line: StepSent, task: EarlierTask): void {
  task.sent.push(line);
  if (line.unsure) task.unsure.set(line.item, line);
  if (line.counts !== false) task.changing.add(line.item);
}

function keep(line: TaskKept, phase: EarlierPhase): void {
  const task = openTask(line, phase);
  phase.ending = task;
  if (line.item === undefined) task.whole = line;
  else task.items.set(line.item, line);
}

type End = Extract<RunEvent, { event: 'task.end' }> | TaskRecalled;

function endTask(line: End, phase: EarlierPhase): void {
  const { ending } = phase;
  delete phase.ending;
  const task = ending?.task === line.task && ending.module === line.module ? ending : newTask(line);
  if (survived(line)) {
    task.status = line.status;
    phase.done.push(task);
    phase.open.splice(0, phase.open.length, ...phase.open.filter((other) => other !== task));
    return;
  }
  phase.cut = true;
  delete task.whole;
  for (const [item, { status }] of task.items) if (isFailure(status)) task.items.delete(item);
  // A command that failed was seen to; one that went off with the host was not.
  if (line.status === 'failed') task.unsure.clear();
}

function survived(line: End): boolean {
  if (line.event === 'task.recalled') return true;
  return line.ignored === true || line.rescued === true || !isFailure(line.status);
}
