import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import type { Difference, Emit, TaskPlace } from '../core/event.ts';
import type { Status } from '../core/outcome.ts';
import type { Look, Output, Remote, Step } from '../core/plan.ts';
import type { AnyModule } from '../modules/module.ts';
import { CommandFailed } from '../transport/command-result.ts';
import { LostConnection } from '../transport/connect.ts';
import { type PerformContext, perform } from '../transport/perform.ts';
import type { Machine, Turn } from './machine.ts';
import { unknownYet } from './registered.ts';

/** How one task, or one item of its loop, ended. */
export interface Outcome {
  readonly status: Status;
  readonly message?: string;
  readonly diagnostic?: Diagnostic;
  readonly diff: readonly Difference[];
  /** What `register` keeps besides the status. */
  readonly result: object;
}

/** One module's work on one machine, all its arguments known. */
export interface Assignment {
  readonly module: AnyModule;
  readonly args: Readonly<Record<string, unknown>>;
  readonly machine: Machine;
  readonly as?: { readonly user: string };
  readonly place: TaskPlace;
  /** Something this host depends on was not done, because this is check mode. */
  readonly pending: boolean;
}

/** What every task of a run needs from it. */
export interface TaskContext {
  readonly check: boolean;
  readonly emit: Emit;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly pins: PerformContext['pins'];
  readonly signal: AbortSignal;
}

/** Lines of a failed task's output that are kept for the screen. */
const outputKept = 20;

/** Read, plan, perform, prove: one task on one machine. */
export async function performTask(assignment: Assignment, context: TaskContext): Promise<Outcome> {
  try {
    return await assignment.machine.exclusively((turn) => takeTurn(assignment, context, turn));
  } catch (error) {
    return failure(error, assignment, context);
  }
}

async function takeTurn(assignment: Assignment, context: TaskContext, turn: Turn): Promise<Outcome> {
  const { module, args, machine, place } = assignment;
  const remote = await open(machine, assignment.as);
  const state: unknown = await module.read(args, eyesOf(remote));
  const steps = module.plan(args, state);
  context.emit({
    event: 'task.plan',
    ...place,
    steps: steps.map(({ title, counts }) => ({ title, ...(counts === false && { counts }) })),
  });
  const planned = { diff: differences(steps), message: inShort(steps) };
  if (steps.length === 0) return { status: 'ok', diff: [], result: module.result?.(args, state) ?? {} };
  const status = steps.some((step) => step.counts !== false) ? 'changed' : 'ok';
  if (context.check) return { status, ...planned, result: module.result?.(args, state) ?? {} };

  await confirmSteps(steps, context);
  const output = await performSteps(steps, { assignment, context, remote, turn });
  const proved = await prove(steps, assignment, remote);
  const result = { ...(output && summary(output)), ...module.result?.(args, proved ?? state) };
  return { status, ...planned, result };
}

/** All that a module is handed, whatever its types say: hands are not just hidden but not there. */
function eyesOf({ query, stat, digest, readText, fetchText }: Remote): Look {
  return { query, stat, digest, readText, fetchText };
}

/** The session was not to be had: the host counts as unreachable, unless another run holds it or its settings are wrong. */
async function open(machine: Machine, as: { readonly user: string } | undefined): Promise<Remote> {
  try {
    return await machine.open(as);
  } catch (error) {
    if (error instanceof ProvisionError && error.diagnostics[0].code.startsWith('PV40')) throw new Unreachable(error);
    throw error;
  }
}

/** Wraps why a host could not be reached. */
class Unreachable extends Error {
  readonly why: ProvisionError;

  constructor(why: ProvisionError) {
    super(why.message);
    this.why = why;
  }
}

async function confirmSteps(steps: readonly Step[], context: TaskContext): Promise<void> {
  for (const { confirm } of steps) {
    if (confirm !== undefined && !(await context.confirm(confirm))) {
      throw problem('PV5003', `not confirmed: ${confirm}`, { help: 'answer yes, or run with -y' });
    }
  }
}

interface Work {
  readonly assignment: Assignment;
  readonly context: TaskContext;
  readonly remote: Remote;
  readonly turn: Turn;
}

/** Performs the steps in order; the output of the last command is what a registered result tells of. */
async function performSteps(steps: readonly Step[], work: Work): Promise<Output | undefined> {
  let last: Output | undefined;
  for (const step of steps) {
    work.context.signal.throwIfAborted();
    last = (await performStep(step, work)) ?? last;
  }
  return last;
}

async function performStep(step: Step, { assignment, context, remote, turn }: Work): Promise<Output | undefined> {
  const { place } = assignment;
  const started = performance.now();
  context.emit({ event: 'step.start', ...place, step: step.title });
  const act = (): Promise<Output | undefined> =>
    perform(step.effect, remote, {
      pins: context.pins,
      signal: context.signal,
      fresh: (work) => assignment.machine.fresh(assignment.as, work),
      onProgress: (progress) => context.emit({ event: 'progress', ...place, ...progress }),
      onLine: (line) => context.emit({ event: 'output', ...place, line }),
    });
  const output = step.effect.kind === 'follow' ? await turn.meanwhile(act) : await act();
  context.emit({ event: 'step.end', ...place, step: step.title, ms: Math.round(performance.now() - started) });
  return output;
}

/** Reads and plans again: what was asked for must now be seen. Steps wanted on every run prove nothing. */
async function prove(steps: readonly Step[], assignment: Assignment, remote: Remote): Promise<unknown> {
  if (steps.every((step) => step.everyRun !== undefined)) return undefined;
  const { module, args } = assignment;
  const state: unknown = await module.read(args, eyesOf(remote));
  const left = module.plan(args, state).filter((step) => step.everyRun === undefined);
  if (left.length === 0) return state;
  throw problem(
    'PV5002',
    `did not converge: after its steps there is still this to do: ${left.map((step) => step.title).join('; ')}`,
    {
      help: 'something undoes the change, or the host did not accept it; -D shows what differs',
      ...(left[0]?.before !== undefined && { transcript: `now:\n${left[0].before}\nwanted:\n${left[0].after ?? ''}` }),
    },
  );
}

/** Two steps are told in full; of more, the first and how many there are: the events name each. */
function inShort(steps: readonly Step[]): string {
  const [first, second, ...others] = steps.map((step) => step.title);
  if (others.length === 0) return [first, second].filter((title) => title !== undefined).join('; ');
  return `${first}, and ${others.length + 1} more steps`;
}

function differences(steps: readonly Step[]): Difference[] {
  return steps.map(({ title, before, after }) => ({
    title,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }));
}

/** A command's output as a registered result names it. */
function summary(output: Output): Record<string, unknown> {
  return { code: output.exit, stdout: output.stdout.trimEnd(), stderr: output.stderr.trimEnd() };
}

function failure(error: unknown, assignment: Assignment, context: TaskContext): Outcome {
  if (context.signal.aborted) throw context.signal.reason;
  const why = error instanceof Unreachable ? error.why : error;
  if (!(why instanceof ProvisionError)) throw error;
  const diagnostic = why.diagnostics[0];
  // A guest that is not installed yet cannot be reached; a link that broke is another matter.
  if (assignment.pending && !(why instanceof LostConnection)) return unknownYet;
  const lost = error instanceof Unreachable || why instanceof LostConnection;
  const result = why instanceof CommandFailed ? summary(why.output) : {};
  return { status: lost ? 'unreachable' : 'failed', message: diagnostic.message, diagnostic, diff: [], result };
}

/** The last lines a failed task wrote. */
export function lastLines(lines: readonly string[]): readonly string[] {
  return lines.slice(-outputKept);
}
