import type { Cell, WorkName } from './row.ts';

interface Cost {
  /** Seconds, however many hosts. */
  readonly base: number;
  /** Seconds more for each host. */
  readonly perHost: number;
  /** Round trips that follow one another. */
  readonly trips: number;
  /** Hosts at a time; the others wait. */
  readonly forks: number;
}

// Measured on two cores. It decides how many rounds are affordable and is printed ahead, and counts for nothing else.
const w1: Readonly<Record<string, Cost>> = {
  provision: { base: 0.5, perHost: 0.06, trips: 18, forks: 10 },
  sketch: { base: 0.3, perHost: 0.04, trips: 12, forks: 16 },
  floor: { base: 0.2, perHost: 0.16, trips: 14, forks: 50 },
  mitogen: { base: 2, perHost: 2.2, trips: 160, forks: 50 },
  ansible_tuned: { base: 10, perHost: 9, trips: 500, forks: 50 },
  ansible_default: { base: 12, perHost: 12, trips: 1400, forks: 5 },
};

const w2: Readonly<Record<string, Cost>> = {
  ...w1,
  pipe: { base: 0.4, perHost: 0.1, trips: 12, forks: 16 },
  mitogen: { base: 8, perHost: 12, trips: 450, forks: 50 },
  ansible_tuned: { base: 20, perHost: 35, trips: 1100, forks: 50 },
  ansible_default: { base: 30, perHost: 70, trips: 2400, forks: 5 },
};

// Guests instead of hosts: what is done at once for all of them, and what one by one.
const edge: Readonly<Record<string, Cost>> = {
  provision: { base: 0.6, perHost: 0.0006, trips: 48, forks: 10_000 },
  ansible_tuned: { base: 1.5, perHost: 0.18, trips: 4.5, forks: 1 },
};

const simulated = { provision: { base: 0.5, perHost: 0.04, trips: 0, forks: 10 } };

const costs: Partial<Readonly<Record<WorkName, Readonly<Record<string, Cost>>>>> = { w1, w2, edge, simulated };

/** What one run is thought to take. */
export function estimateSeconds(contender: string, { work, hosts, rtt }: Cell): number {
  if (work === 'startup') return 0.2;
  const cost = costs[work]?.[contender];
  if (!cost) return 1.5;
  const waits = (cost.trips * Math.ceil(hosts / cost.forks) * rtt) / 1000;
  return cost.base + cost.perHost * hosts + waits;
}
