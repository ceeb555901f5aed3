import type { Output, Seconds, Seen, Verdict } from '../core/plan.ts';
import { pausedProblem, screenProblem, silenceProblem, stopProblem } from './installation-problems.ts';
import { SerialLog } from './serial-log.ts';

/** Whether the machine that runs the installer is on; `paused`: by the hypervisor, with its reason. */
export type Power = { readonly kind: 'on' | 'off' | 'gone' } | { readonly kind: 'paused'; readonly reason: string };

export interface Watch {
  readonly guest: string;
  /** A line of the log that means success. */
  readonly done: RegExp;
  /** Silence longer than this is a failure. */
  readonly stall: Seconds;
  readonly power: (output: Output) => Power;
}

/** An error screen that ends in no prompt counts as drawn after this. */
const settled: Seconds = 10;

/** What has been seen so far. */
interface Memory {
  readonly log: SerialLog;
  /** When the log last showed something. */
  heard: Seconds;
  failedSince?: Seconds;
  offBefore: boolean;
}

/** Judges an installation by its serial log and by whether its machine is on. */
export function watchInstallation(watch: Watch): () => (seen: Seen) => Verdict {
  return () => {
    const memory: Memory = { log: new SerialLog(), heard: 0, offBefore: false };
    return (seen) => judgeLog(watch, memory, seen) ?? judgePower(watch, memory, seen) ?? more(memory.log);
  };
}

function judgeLog(watch: Watch, memory: Memory, seen: Seen): Verdict | undefined {
  const { log } = memory;
  if (log.feed(seen.text)) memory.heard = seen.elapsed;
  if (log.shows(watch.done)) return done(log);
  if (!log.failure) return undefined;
  memory.failedSince ??= seen.elapsed;
  const drawn = log.failure.complete || seen.elapsed - memory.failedSince >= settled;
  return drawn ? { kind: 'failed', diagnostic: screenProblem(watch.guest, log.failure, log.screen) } : undefined;
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
  if (power.kind === 'off' && log.goesDown) return done(log);
  // What the log gained last may come with the next look.
  if (memory.offBefore) return { kind: 'failed', diagnostic: stopProblem(watch.guest, log) };
  memory.offBefore = true;
  return undefined;
}

function more(log: SerialLog): Verdict {
  return log.progress ? { kind: 'more', progress: log.progress } : { kind: 'more' };
}

function done(log: SerialLog): Verdict {
  return log.hostKeys.length > 0 ? { kind: 'done', hostKeys: log.hostKeys } : { kind: 'done' };
}
