import { type ContenderName, commandOf, contenderNames, writeContenders } from '../contenders/contenders.ts';
import type { RigHost } from '../rig/names.ts';
import { digest, observedState, resetHost, stateAfterTasks, stateBefore } from './host-state.ts';
import type { Work } from './work.ts';

/** W1 and W2: what is done to hosts over SSH. */
export function hostWork(work: 'w1' | 'w2'): Work {
  const expected = work === 'w1' ? stateAfterTasks : stateBefore;
  return {
    contenders: contenderNames.filter((name) => work === 'w2' || name !== 'pipe'),
    phases: work === 'w1' ? ['converge', 'nochange'] : ['nochange'],
    prepare: writeContenders,
    command: (contender) => commandOf(contender as ContenderName, work),
    reset: async (rig, count) => {
      await Promise.all(rig.hosts.slice(0, count).map(resetHost));
    },
    verify: async (rig, count) => {
      const hosts = rig.hosts.slice(0, count);
      const states = await Promise.all(hosts.map(observedState));
      for (const [index, host] of hosts.entries()) requireEqual(host, states[index] ?? [], expected(host));
      return digest(states);
    },
  };
}

export function requireEqual(host: RigHost, state: readonly string[], expected: readonly string[]): void {
  const extra = state.filter((line) => !expected.includes(line)).map((line) => `  has      ${line}`);
  const missing = expected.filter((line) => !state.includes(line)).map((line) => `  must be  ${line}`);
  const differences = [...extra, ...missing];
  if (differences.length === 0 && state.join('\n') !== expected.join('\n'))
    differences.push('  has it in another order');
  if (differences.length === 0) return;
  throw new Error(`${host.name} is not as it must be:\n${differences.slice(0, 12).join('\n')}`);
}
