import { expect, it } from 'vitest';
import { estimateAll, plan } from '../../../bench/plan.ts';
import { workNames } from '../../../bench/row.ts';

const whole = { works: workNames };

it('all of it fits into an hour, with some left for resets and comparisons', () => {
  expect(estimateAll(plan(whole))).toBeLessThan(55 * 60);
});

it('a run above five minutes is left out, and stays in the plan as left out', () => {
  const cell = plan({ ...whole, works: ['w1'], hosts: [50], rtts: [0] })[0];
  expect(cell?.entries.find(({ contender }) => contender === 'ansible_tuned')).toMatchObject({
    rounds: 0,
    leftOut: 'a run would take more than 5 minutes',
  });
  expect(cell?.entries.find(({ contender }) => contender === 'sketch')?.rounds).toBeGreaterThan(1);
});

it('what is not worth its time in the whole is measured when it is asked for by name', () => {
  const select = { works: ['w1'], hosts: [10], rtts: [0] } as const;
  const roundsOf = (more: { readonly contenders?: readonly string[] }) =>
    plan({ ...select, ...more })[0]?.entries.find(({ contender }) => contender === 'ansible_default')?.rounds;
  expect([roundsOf({}), roundsOf({ contenders: ['ansible_default'] })]).toEqual([0, 1]);
});

it('at the edge Ansible has fewer guests, unless it was asked for', () => {
  const roundsOf = (more: { readonly contenders?: readonly string[] }) =>
    plan({ works: ['edge'], rtts: [0], ...more }).map(({ cell, entries }) => [
      cell.hosts,
      ...entries.map(({ rounds }) => Math.min(rounds, 1)),
    ]);
  expect(roundsOf({})).toEqual([
    [200, 1, 1],
    [1000, 1, 0],
  ]);
  expect(roundsOf({ contenders: ['ansible_tuned'] })).toEqual([
    [200, 1],
    [1000, 1],
  ]);
});

it('what is slow gets fewer rounds than asked for, but one', () => {
  const [cell] = plan({ ...whole, works: ['w1'], hosts: [1], rtts: [0], rounds: 5, contenders: ['sketch', 'mitogen'] });
  expect(cell?.entries.map(({ contender, rounds }) => [contender, rounds >= 5, rounds >= 1])).toEqual([
    ['sketch', true, true],
    ['mitogen', false, true],
  ]);
});

it.each([
  ['w1', undefined, ['provision', 'sketch', 'floor', 'ansible_default', 'ansible_tuned', 'mitogen']],
  ['w2', undefined, ['provision', 'pipe', 'floor', 'ansible_default', 'ansible_tuned', 'mitogen']],
  ['w1', ['provision', 'pipe'], ['provision']],
  ['w2', ['sketch', 'provision'], ['provision', 'sketch']],
] as const)('%s with contenders %j has %j', (work, contenders, names) => {
  const cells = plan({ works: [work], hosts: [1], rtts: [0], ...(contenders && { contenders }) });
  expect(cells.flatMap(({ entries }) => entries.map(({ contender }) => contender))).toEqual(names);
});
