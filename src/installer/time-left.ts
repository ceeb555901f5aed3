import type { Milestone, Pace, Seconds } from '../core/plan.ts';

/** A machine may be that much slower or faster than it was. */
const widest = 4;

/**
 * How much longer an installation takes, by the median of earlier ones of its kind, each as much slower or faster as
 * this one has been so far. `undefined`: no earlier one passed here.
 */
export function timeLeft(earlier: readonly Pace[], reached: Milestone, now: Seconds): Seconds | undefined {
  const estimates = earlier.flatMap((pace) => estimate(pace, reached) ?? []).toSorted((a, b) => a - b);
  const median = estimates[Math.floor(estimates.length / 2)];
  return median === undefined ? undefined : Math.max(0, Math.round(median - (now - reached.at)));
}

function estimate({ total, milestones }: Pace, { phase, nth, percent = 0, at }: Milestone): Seconds | undefined {
  const passed = milestones.findLast((one) => one.phase === phase && one.nth === nth && (one.percent ?? 0) <= percent);
  if (!passed) return undefined;
  const slower = Math.min(widest, Math.max(1 / widest, at / Math.max(1, passed.at)));
  return (total - passed.at) * slower;
}
