import { readFileSync } from 'node:fs';
import type { ControlGroup } from './control-group.ts';

/** Short runs are looked at more often; a look costs a millisecond or two. */
function pauseMs(elapsedMs: number): number {
  if (elapsedMs < 1000) return 30;
  return elapsedMs < 5000 ? 100 : 500;
}

/** Looks at the memory of a group again and again, the longer it takes the less often; `stop` answers with the peak. */
export function sampleMemory(group: ControlGroup): { stop(): number } {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  const start = performance.now();
  const look = (): void => {
    peak = Math.max(peak, sharedOutMegabytes(group.processes()));
    next();
  };
  const next = (): void => {
    timer = setTimeout(look, pauseMs(performance.now() - start));
  };
  next();
  return {
    stop: () => {
      clearTimeout(timer);
      return Math.round(peak * 10) / 10;
    },
  };
}

function sharedOutMegabytes(processes: readonly number[]): number {
  const kilobytes = processes.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(rollup(pid))?.[1] ?? 0));
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1024;
}

function rollup(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
