import { milliseconds } from '../core/clock.ts';
import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import type { Emit, TaskPlace } from '../core/event.ts';
import type { AskedElsewhere, Output, RunOptions, Step } from '../core/plan.ts';
import type { AnyModule } from '../modules/module.ts';
import { NotStarted } from '../transport/chain.ts';
import { LostConnection } from '../transport/connect.ts';
import { type PerformContext, perform } from '../transport/perform.ts';
import { ChangedMeanwhile } from '../transport/still-so.ts';
import type { Place } from './line.ts';
import type { Machine, Turn } from './machine.ts';
import { type Reading, readNow } from './reading.ts';
import type { RunRequest } from './request.ts';
import type { StateKeeper } from './state-keeper.ts';
import { failure, type Outcome, planned, summary } from './task-outcome.ts';
import { Voice } from './voice.ts';

/** One module's work on one machine, all its arguments known. */
export interface Assignment {
  readonly module: AnyModule;
  readonly args: Readonly<Record<string, unknown>>;
  readonly machine: Machine;
  readonly as?: { readonly user: string };
  readonly place: TaskPlace;
  /** What comes of it must be known before anything after it is done. */
  readonly cautious: boolean;
  /** Something this host depends on was not done, because this is check mode. */
  readonly pending: () => boolean;
}

/** What every task of a run needs from it. */
export interface TaskContext {
  readonly check: boolean;
  readonly emit: Emit;
  /** A step is about to leave. */
  readonly sending: (step: Step) => void;
  /** Keeps how things were; left out: nobody will undo it. */
  readonly states?: StateKeeper | undefined;
  readonly confirm: RunRequest['confirm'];
  readonly pins: PerformContext['pins'];
  readonly transcribe?: PerformContext['transcribe'];
  readonly elsewhere: PerformContext['elsewhere'];
  /** Asks the hypervisors besides this one; what it answers stands against what is to be done. */
  readonly askOthers?: (own: string, question: AskedElsewhere) => Promise<Diagnostic | undefined>;
  readonly signal: AbortSignal;
}

/** Where a task stands among the others of its host. */
export interface Spot {
  readonly place: Place;
  readonly turn: Turn;
  /** A task before has failed: what has not been done will not be done. */
  readonly abandoned: () => boolean;
  /** The first event of the task is out. */
  told: boolean;
  /** Something that changes the host may be on its way. */
  sent: boolean;
}

interface Work {
  readonly assignment: Assignment;
  readonly context: TaskContext;
  readonly spot: Spot;
}

/**
 * Read, plan, perform, prove: one task on one machine. Resolves when the task is the first in line; `undefined`: a task
 * before it failed, and nothing of this one was done.
 */
export async function performTask(work: Work, ahead?: Promise<Reading>): Promise<Outcome | undefined> {
  const { assignment, spot } = work;
  await spot.place.mayAct();
  try {
    return await attempt(work, ahead);
  } catch (error) {
    if (!(error instanceof Outrun) && !mayReadAgain(error, work)) return ending(error, work);
    spot.place.retract();
    await spot.place.maySettle();
    if (spot.abandoned()) return undefined;
    if (error instanceof LostConnection) assignment.machine.forgetLink();
    const hold = await assignment.machine.hold(assignment.as).catch(() => undefined);
    if (error instanceof Outrun && hold?.era === error.era) hold.beginAnew();
  }
  return attempt(work).catch((error: unknown) => ending(error, work));
}

/** The link broke while the task only looked: that can be done once more. */
function mayReadAgain(error: unknown, { context, spot }: Work): boolean {
  return error instanceof LostConnection && !spot.sent && !context.signal.aborted;
}

/** What the task was planned upon has changed meanwhile, or what was sent before it was not carried out. */
class Outrun extends Error {
  readonly era: number;

  constructor(era: number) {
    super('something that this was planned upon has changed');
    this.era = era;
  }
}

/** A task before has failed, and nothing of this one was done. */
class Abandoned extends Error {}

/** Steps, the state that they were planned for, and when that was. */
interface Plan extends Work {
  readonly reading: Reading;
  readonly steps: readonly Step[];
  readonly era: number;
}

async function attempt(work: Work, ahead?: Promise<Reading>): Promise<Outcome> {
  const { assignment, context, spot } = work;
  const { era } = await assignment.machine.hold(assignment.as);
  const reading = await readNow(assignment, ahead);
  await reading.hold.locked();
  const steps = assignment.module.plan(assignment.args, reading.state);
  await reading.hold.memory.located(steps);
  await refuseSecond(steps, work);
  if (spot.abandoned()) throw new Abandoned();
  if (reading.hold.era !== era) throw new Outrun(era);
  const plan = { ...work, reading, steps, era };
  if (steps.length === 0 || context.check) return tell(plan);
  return steps.every(travels) ? send(plan) : performHere(plan);
}

/** There may be only one of it on all hypervisors. */
async function refuseSecond(steps: readonly Step[], { assignment, context }: Work): Promise<void> {
  for (const { unlessElsewhere } of steps) {
    const refusal = unlessElsewhere && (await context.askOthers?.(assignment.machine.name, unlessElsewhere));
    if (refusal) throw new ProvisionError(refusal);
  }
}

/** Nothing is to be done, or nothing may be. */
async function tell(plan: Plan): Promise<Outcome> {
  const { steps } = plan;
  const confirmed = confirmation(plan);
  letOthersAct(plan);
  await mayTell(plan, confirmed);
  const told = resultOf(plan, undefined, undefined);
  return steps.length === 0 ? { status: 'ok', diff: [], ...told } : { ...planned(steps), ...told };
}

/** Sends all steps, and the looks that prove them, without waiting for anything; then tells what came of them. */
async function send(plan: Plan): Promise<Outcome> {
  const { assignment, reading, steps } = plan;
  const { hold, view } = reading;
  const confirmed = confirmation(plan);
  beginChange(plan);
  const sent = steps.map((step) => sendStep(step, plan));
  const proof = proves(steps) ? hold.memory.proof(view, steps.length) : undefined;
  const proved = proof && settled(Promise.resolve(assignment.module.read(assignment.args, proof.eyes)));
  letOthersAct(plan);
  await mayTell(plan, confirmed, sent);
  let last: Output | undefined;
  for (const [index, step] of steps.entries()) {
    const one = sent[index];
    if (one) last = (await tellStep(step, plan, one)) ?? last;
  }
  const state = proved && converged(await proved, plan);
  return { ...planned(steps), ...resultOf(plan, last, state) };
}

/** The first step is about to leave. */
function beginChange({ assignment, context, reading, steps, spot }: Plan): void {
  context.states?.before({ assignment, steps, state: reading.state, owner: spot });
  spot.sent = true;
}

interface Sent {
  readonly done: Promise<Output | undefined>;
  /** What it says on the way, held back until it may be told. */
  readonly voice: Voice;
}

function sendStep(step: Step, plan: Plan): Sent {
  const { hold } = plan.reading;
  const voice = new Voice(plan.context.emit);
  plan.context.sending(step);
  hold.memory.note(step);
  const done = settled(perform(step.effect, hold.remote, { ...surroundings(plan, voice.emit), chain: hold.chain }));
  return { done, voice };
}

async function tellStep(step: Step, { assignment, context, era }: Plan, { done, voice }: Sent) {
  const started = milliseconds();
  const { place } = assignment;
  context.emit({ event: 'step.start', ...place, step: step.title });
  voice.open();
  const output = await done.catch((error: unknown) => {
    throw error instanceof NotStarted ? new Outrun(era) : error;
  });
  context.emit({ event: 'step.end', ...place, step: step.title, ms: Math.round(milliseconds() - started) });
  return output;
}

function letOthersAct({ assignment, spot }: Plan): void {
  if (!assignment.cautious) spot.place.act();
}

/** Resolves when this task is the first in line, if what it was planned upon was true. */
async function mayTell(plan: Plan, confirmed?: Promise<void>, sent: readonly Sent[] = []): Promise<void> {
  const { assignment, context, spot, reading, steps, era } = plan;
  await spot.place.maySettle();
  if (spot.abandoned() && !(await anyDone(sent))) throw new Abandoned();
  await confirmed?.catch((error: unknown) => {
    throw error instanceof ChangedMeanwhile || error instanceof NotStarted ? new Outrun(era) : error;
  });
  if (reading.hold.era !== era) throw new Outrun(era);
  spot.told = true;
  context.emit({
    event: 'task.plan',
    ...assignment.place,
    steps: steps.map(({ title, counts }) => ({ title, ...(counts === false && { counts }) })),
  });
}

/** A task before failed by its proof alone: then what was sent after it was carried out, and is told. */
async function anyDone(sent: readonly Sent[]): Promise<boolean> {
  const ends = await Promise.allSettled(sent.map(({ done }) => done));
  return ends.some(({ status }) => status === 'fulfilled');
}

/** Breaks the chain where something taken for granted is not so. */
function confirmation({ reading: { hold, unconfirmed } }: Plan): Promise<void> | undefined {
  if (unconfirmed.length === 0) return undefined;
  const confirmed = settled(hold.remote.stillSo(unconfirmed, hold.chain));
  hold.memory.confirm(unconfirmed, confirmed);
  return confirmed;
}

/** Performs the steps one after another, the first in line. */
async function performHere(plan: Plan): Promise<Outcome> {
  const { assignment, context, reading, steps, era } = plan;
  if (reading.unconfirmed.length > 0) throw new Outrun(era);
  await mayTell(plan);
  await confirmSteps(steps, context);
  beginChange(plan);
  let last: Output | undefined;
  for (const step of steps) {
    context.signal.throwIfAborted();
    last = (await performStep(step, plan)) ?? last;
  }
  const { memory } = reading.hold;
  const again = async () => assignment.module.read(assignment.args, memory.view().eyes);
  const state = proves(steps) ? converged(await again(), plan) : undefined;
  return { ...planned(steps), ...resultOf(plan, last, state) };
}

async function performStep(step: Step, plan: Plan): Promise<Output | undefined> {
  const { hold } = plan.reading;
  hold.memory.note(step);
  const { emit } = plan.context;
  plan.context.sending(step);
  const act = () => perform(step.effect, hold.remote, surroundings(plan, emit));
  const voice = new Voice(emit);
  const done = settled(step.effect.kind === 'follow' ? plan.spot.turn.meanwhile(act) : act());
  const output = await tellStep(step, plan, { done, voice });
  // What others looked at while it went on may have changed until its end.
  hold.memory.note(step);
  return output;
}

/** It leaves without waiting: a command or a file whose content is at hand, and nobody is to be asked. */
function travels({ effect, confirm }: Step): boolean {
  if (confirm !== undefined) return false;
  if (effect.kind === 'run') return !comesFromUrl(effect.stdin);
  return effect.kind === 'write' && !comesFromUrl(effect.content);
}

/** From a URL, or as it arrives from somewhere else. */
function comesFromUrl(content: RunOptions['stdin']): boolean {
  return typeof content === 'object' && !(content instanceof Uint8Array);
}

function surroundings({ assignment, context }: Plan, emit: Emit): PerformContext {
  const { place, machine, as } = assignment;
  return {
    pins: context.pins,
    ...(context.transcribe && { transcribe: context.transcribe }),
    signal: context.signal,
    fresh: (work) => machine.fresh(as, work),
    elsewhere: context.elsewhere,
    onProgress: (progress) => emit({ event: 'progress', ...place, ...progress }),
    onLine: (line) => emit({ event: 'output', ...place, line }),
  };
}

async function confirmSteps(steps: readonly Step[], context: TaskContext): Promise<void> {
  for (const { confirm, typed } of steps) {
    if (confirm !== undefined && !(await context.confirm(confirm, typed))) {
      throw problem('PV5003', `not confirmed: ${confirm}`, { help: 'answer yes, or run with -y' });
    }
  }
}

/** Steps wanted on every run prove nothing. */
function proves(steps: readonly Step[]): boolean {
  return steps.some((step) => step.everyRun === undefined);
}

/** What was asked for must now be seen. */
function converged(state: unknown, { assignment, context, spot }: Plan): unknown {
  const { module, args } = assignment;
  const left = module.plan(args, state).filter((step) => step.everyRun === undefined);
  if (left.length === 0) {
    context.states?.after({ assignment, state, owner: spot });
    return state;
  }
  throw problem(
    'PV5002',
    `did not converge: after its steps there is still this to do: ${left.map((step) => step.title).join('; ')}`,
    {
      help: 'something undoes the change, or the host did not accept it; -D shows what differs',
      ...(left[0]?.before !== undefined && { transcript: `now:\n${left[0].before}\nwanted:\n${left[0].after ?? ''}` }),
    },
  );
}

/** What the task found; the output of the last command is what a registered result tells of. */
function resultOf({ assignment: { module, args }, reading }: Plan, last: Output | undefined, proved: unknown) {
  const state = proved ?? reading.state;
  const notes = module.notes?.(args, state) ?? [];
  return {
    result: { ...(last && summary(last)), ...module.result?.(args, state) },
    ...(notes.length > 0 && { notes }),
  };
}

/** The outcome of a task that could not be brought to its end. */
async function ending(error: unknown, { assignment, context, spot }: Work): Promise<Outcome | undefined> {
  await spot.place.maySettle();
  if (error instanceof Abandoned || (spot.abandoned() && !spot.told)) return undefined;
  if (context.signal.aborted) throw context.signal.reason;
  // Nobody waits for a new login before they are told that the link was lost.
  const hold = await assignment.machine.held(assignment.as)?.catch(() => undefined);
  hold?.beginAnew();
  return failure(error, assignment.pending());
}

/** What nobody may ever wait for must not count as forgotten when it fails. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
