import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Effect, Seconds, Seen, Step, Verdict } from '../../core/plan.ts';
import type { Condition } from './condition.ts';

/** As much of a followed text as a pattern can reach back over, and as an error shows. */
const remembered = 64 * 1024;

export function waitStep(condition: Condition, { every, within }: { every: Seconds; within: Seconds }): Step {
  let last = '';
  const see = (seen: Seen): Verdict => {
    last = seen.output ? `${seen.output.stdout}${seen.output.stderr}` : `${last}${seen.text}`.slice(-remembered);
    return judge(condition, seen, last);
  };
  const effect: Effect = {
    kind: 'follow',
    ...(condition.log !== undefined && { log: condition.log }),
    ...(condition.query && { query: condition.query }),
    every,
    within,
    judge: () => {
      last = '';
      return see;
    },
    late: () => late(condition, within, last),
  };
  return { title: `wait for ${condition.text}`, effect, counts: false };
}

function judge({ pattern, stopped, text }: Condition, { output }: Seen, all: string): Verdict {
  if (pattern)
    return pattern.test(all) ? { kind: 'done' } : { kind: 'more', progress: { phase: `waiting for ${text}` } };
  if (!output) return { kind: 'more' };
  if (output.exit > 125) {
    const message = `cannot tell while waiting for ${text}: ${output.stderr.trim() || `exit status ${output.exit}`}`;
    return { kind: 'failed', diagnostic: { code: 'PV5001', message } };
  }
  return (output.exit === 0) !== stopped
    ? { kind: 'done' }
    : { kind: 'more', progress: { phase: `waiting for ${text}` } };
}

function late({ text, log }: Condition, within: Seconds, last: string): Diagnostic {
  const transcript = last.trim().split('\n').slice(-20).join('\n');
  return {
    code: 'PV5111',
    message: `waited ${within} s in vain for ${text}`,
    help:
      log === undefined
        ? 'look why, or allow more time with `timeout`'
        : `look into ${log}, or allow more time with \`timeout\``,
    ...(transcript && { transcript }),
  };
}
