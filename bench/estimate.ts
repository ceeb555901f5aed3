import type { Cell } from './row.ts';

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
  mitogen: { base: 4, perHost: 3.4, trips: 160, forks: 50 },
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

/** What one run is thought to take. */
export function estimateSeconds(contender: string, { work, hosts, rtt }: Cell): number {
  if (work !== 'w1' && work !== 'w2') return work === 'startup' ? 0.2 : 1.5;
  const cost = (work === 'w1' ? w1 : w2)[contender];
  if (!cost) return 1;
  const waits = (cost.trips * Math.ceil(hosts / cost.forks) * rtt) / 1000;
  return cost.base + cost.perHost * hosts + waits;
}
