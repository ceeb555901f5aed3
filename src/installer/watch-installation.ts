import type { Milestone, Output, Progress, Seconds, Seen, Verdict } from '../core/plan.ts';
import { pausedProblem, screenProblem, silenceProblem, stopProblem } from './installation-problems.ts';
import type { End } from './past-installation.ts';
import { SerialLog } from './serial-log.ts';
import { timeLeft } from './time-left.ts';

/** Whether the machine that runs the installer is on; why not, as the hypervisor says. */
export type Power = { readonly kind: 'on' | 'gone' } | { readonly kind: 'off' | 'paused'; readonly reason: string };

export interface Watch {
  readonly guest: string;
  readonly end: End;
  /** Silence longer than this is a failure. */
  readonly stall: Seconds;
  /** How long the installation had been going on when watching began. */
  readonly age: Seconds;
  readonly power: (output: Output) => Power;
}

/** An error screen that ends in no prompt counts as drawn after this. */
const settled: Seconds = 1.5;
/** Who begins to watch later does not know when the first phases were entered. */
const fromTheBeginning: Seconds = 15;

/** What has been seen so far. */
interface Memory {
  readonly log: SerialLog;
  readonly passed: Milestone[];
  /** When the log last showed something. */
  heard: Seconds;
  failedSince?: Seconds;
  offBefore: boolean;
}

/** Judges an installation by its serial log and by whether its machine is on. */
export function watchInstallation(watch: Watch): () => (seen: Seen) => Verdict {
  return () => {
    const memory: Memory = { log: new SerialLog(watch.end.marker), passed: [], heard: 0, offBefore: false };
    return (seen) => judgeLog(watch, memory, seen) ?? judgePower(watch, memory, seen) ?? more(watch, memory, seen);
  };
}

function judgeLog(watch: Watch, memory: Memory, seen: Seen): Verdict | undefined {
  const { log } = memory;
  if (log.feed(seen.text)) memory.heard = seen.elapsed;
  notePassed(watch, memory, seen);
  if (log.done) return done(watch, memory, seen);
  if (!log.failure) return undefined;
  memory.failedSince ??= seen.elapsed;
  const drawn = log.failure.complete || seen.elapsed - memory.failedSince >= settled;
  return drawn ? { kind: 'failed', diagnostic: screenProblem(watch.guest, log.failure, log.screen) } : undefined;
}

function notePassed({ age }: Watch, { log, passed }: Memory, { elapsed }: Seen): void {
  const { mark } = log;
  const last = passed.at(-1);
  if (!mark || (last?.phase === mark.phase && last.nth === mark.nth && last.percent === mark.percent)) return;
  passed.push({ ...mark, at: Math.round(age + elapsed) });
}

function judgePower(watch: Watch, memory: Memory, seen: Seen): Verdict | undefined {
  const { log } = memory;
  const power: Power = seen.output ? watch.power(seen.output) : { kind: 'on' };
  if (power.kind === 'paused') {
    return { kind: 'failed', diagnostic: pausedProblem(watch.guest, power.reason, log.screen) };
  }
  if (power.kind === 'on') {
    const silent = seen.elapsed - memory.heard > watch.stall;
    return silent ? { kind: 'failed', diagnostic: silenceProblem(watch.guest, watch.stall, log) } : undefined;
  }
  if (power.kind === 'off' && log.goesDown && !watch.end.markerAlone) return done(watch, memory, seen);
  // What the log gained last may come with the next look.
  const failed = log.failure
    ? screenProblem(watch.guest, log.failure, log.screen)
    : stopProblem(watch.guest, power.kind === 'off' ? power.reason : 'gone', log);
  if (memory.offBefore) return { kind: 'failed', diagnostic: failed };
  memory.offBefore = true;
  return undefined;
}

function more(watch: Watch, { log, passed }: Memory, { elapsed, earlier = [] }: Seen): Verdict {
  if (!log.progress) return { kind: 'more' };
  const reached = passed.at(-1);
  const left = reached && timeLeft(earlier, reached, watch.age + elapsed);
  const progress: Progress = { ...log.progress, ...(left !== undefined && { left }) };
  return { kind: 'more', progress };
}

function done(watch: Watch, { log, passed }: Memory, { elapsed }: Seen): Verdict {
  const pace = { total: Math.round(watch.age + elapsed), milestones: passed };
  return {
    kind: 'done',
    ...(log.hostKeys.length > 0 && { hostKeys: log.hostKeys }),
    ...(watch.age <= fromTheBeginning && { pace }),
  };
}
