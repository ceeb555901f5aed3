import type { RunEvent, StepSent } from '../core/event.ts';
import type { StateLine } from '../core/thing.ts';
import { type Change, changesIn } from '../engine/changes.ts';
import { findModule } from '../modules/registry.ts';

/** What the journal of a run tells to who wants to undo it. */
export interface RecordedRun {
  readonly playbooks: readonly string[];
  /** ISO 8601. */
  readonly at: string;
  readonly check: boolean;
  /** The newest first. */
  readonly changes: readonly Change[];
  readonly lasting: readonly LastingWork[];
}

/** What a task did that stays. */
export interface LastingWork {
  readonly host: string;
  readonly task: string;
  readonly steps: readonly string[];
  readonly why: string;
}

type Line = RunEvent | StepSent | StateLine;

function isState(line: Line): line is StateLine {
  return line.event === 'state.before' || line.event === 'state.after';
}

export function recordedRun(journal: string): RecordedRun {
  const lines = journal.split('\n').flatMap(parsed);
  const start = lines.find((line) => line.event === 'run.start');
  const states = lines.filter(isState);
  const changes = changesIn(states);
  return {
    playbooks: start?.playbooks ?? [],
    at: start?.at ?? '',
    check: start?.check ?? false,
    changes,
    lasting: lastingWork(lines, kept(states, changes)),
  };
}

/** The last line of a run that was killed may be a piece. */
function parsed(line: string): readonly Line[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}

interface Place {
  readonly host: string;
  readonly play: string;
  readonly task: string;
}

function keyOf({ host, play, task }: Place): string {
  return JSON.stringify([host, play, task]);
}

/** Tasks of which the journal holds something to be put back. */
function kept(states: readonly StateLine[], changes: readonly Change[]): ReadonlySet<string> {
  const isChanged = (line: StateLine): boolean =>
    line.things.some((thing) =>
      changes.some(({ on, was }) => on === line.on && was.kind === thing.kind && was.name === thing.name),
    );
  return new Set(states.filter(isChanged).map(keyOf));
}

/** What was sent to hosts and is not kept; a wait is no work. */
function lastingWork(lines: readonly Line[], without: ReadonlySet<string>): readonly LastingWork[] {
  const waits = new Set(
    lines.flatMap((line) =>
      line.event === 'task.plan'
        ? line.steps.flatMap(({ title, counts }) => (counts === false ? [keyOf(line) + title] : []))
        : [],
    ),
  );
  const work = new Map<string, LastingWork>();
  for (const line of lines) {
    if (line.event !== 'step.sent' || without.has(keyOf(line)) || waits.has(keyOf(line) + line.step)) continue;
    const known = work.get(keyOf(line));
    const steps = [...new Set([...(known?.steps ?? []), line.step])];
    work.set(keyOf(line), { host: line.host, task: line.task, steps, why: whyLasting(line.module) });
  }
  return [...work.values()];
}

function whyLasting(module: string): string {
  return findModule(module)?.lasting ?? 'how it was is not kept';
}
