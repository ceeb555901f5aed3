import { expect, it } from 'vitest';
import { rigHosts } from '../../../../bench/rig/names.ts';
import { digest, stateAfterTasks, stateBefore } from '../../../../bench/work/host-state.ts';

it('the state after W1 holds every mode, owner, content and rule', () => {
  const state = rigHosts(1).flatMap(stateAfterTasks);
  expect(state).toContain('app/d03 750 33:33');
  expect(state).toContainEqual(expect.stringMatching(/^app\/d01\/c01\.conf 644 0:0 [0-9a-f]{64}$/));
  expect(state).toContainEqual(expect.stringMatching(/^built5 644 0:0 e3b0c442/));
  expect(state.slice(-2)).toEqual([4, 5].map((port) => `-A INPUT -p tcp -m tcp --dport 800${port} -j ACCEPT`));
  expect(state).toHaveLength(2 + 15 + 20 + 1 + 5 + 3 + 5);
});

it('hosts differ, and so does one host before and after', () => {
  const states = [...rigHosts(2).map(stateAfterTasks), stateBefore()];
  expect(new Set(states.map((state) => digest([state]))).size).toBe(3);
});
