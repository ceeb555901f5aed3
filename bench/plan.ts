import { estimateSeconds } from './estimate.ts';
import type { Cell, WorkName } from './row.ts';
import { edgeGuests, edgeRtts } from './work/edge-work.ts';
import { inventoryHosts } from './work/inventory-work.ts';
import { guestCount } from './work/render-work.ts';
import { simulatedHosts } from './work/simulated-work.ts';
import { works } from './work/works.ts';

/** A contender in a cell. */
export interface Entry {
  readonly contender: string;
  readonly rounds: number;
  /** What a round is thought to take: all its phases. */
  readonly seconds: number;
  /** Why there are no rounds. */
  readonly leftOut?: string;
}

export interface PlannedCell {
  readonly cell: Cell;
  readonly entries: readonly Entry[];
}

/** What is not said is chosen so that all of it fits into an hour. */
export interface Selection {
  readonly works: readonly WorkName[];
  readonly hosts?: readonly number[];
  readonly rtts?: readonly number[];
  readonly contenders?: readonly string[];
  readonly rounds?: number;
}

/** A single run that would take longer is left out. */
const longestSeconds = 300;
/** What one contender may take in one cell. */
const budgetSeconds = 30;
const defaultRounds: Readonly<Record<WorkName, number>> = {
  w1: 5,
  w2: 5,
  startup: 15,
  inventory: 5,
  render: 5,
  edge: 5,
  simulated: 3,
};

export function plan(selection: Selection): readonly PlannedCell[] {
  return selection.works.flatMap((work) =>
    cellsOf(work, selection).map((cell) => ({ cell, entries: entriesOf(cell, selection) })),
  );
}

export function estimateAll(cells: readonly PlannedCell[]): number {
  return cells.flatMap(({ entries }) => entries).reduce((sum, { rounds, seconds }) => sum + rounds * seconds, 0);
}

function cellsOf(work: WorkName, { hosts, rtts }: Selection): readonly Cell[] {
  const overSsh = (counts: readonly number[], trips: readonly number[] = [0, 10, 40]): readonly Cell[] =>
    counts.flatMap((count) => (rtts ?? trips).map((rtt) => ({ work, hosts: count, rtt })));
  switch (work) {
    case 'w1':
      return overSsh(hosts ?? [1, 10, 50]);
    case 'w2':
      // Its question is what a task costs; how hosts add up is W1's.
      return overSsh(hosts ?? [1]);
    case 'startup':
      return [{ work, hosts: 0, rtt: 0 }];
    case 'inventory':
      return [{ work, hosts: inventoryHosts, rtt: 0 }];
    case 'render':
      return [{ work, hosts: guestCount, rtt: 0 }];
    case 'simulated':
      return (hosts ?? simulatedHosts).map((count) => ({ work, hosts: count, rtt: 0 }));
    case 'edge':
      return overSsh(hosts ?? edgeGuests, edgeRtts);
  }
}

function entriesOf(cell: Cell, { contenders, rounds = defaultRounds[cell.work] }: Selection): readonly Entry[] {
  return contendersOf(cell.work, contenders).map((contender) => {
    const run = estimateSeconds(contender, cell);
    const seconds = run * works[cell.work].phases.length;
    const tooLong = run > longestSeconds ? `a run would take more than ${longestSeconds / 60} minutes` : undefined;
    const leftOut = tooLong ?? (contenders ? undefined : notWorthIt(contender, cell));
    if (leftOut !== undefined) return { contender, rounds: 0, seconds, leftOut };
    return { contender, rounds: Math.min(rounds, affordableRounds(seconds)), seconds };
  });
}

/** A median wants three, where that is to be had for half a minute. */
export function affordableRounds(seconds: number): number {
  const least = seconds <= 10 ? 3 : 1;
  return Math.max(least, Math.floor(budgetSeconds / seconds));
}

/** What would keep the whole benchmark from ending within an hour, and would tell little. */
function notWorthIt(contender: string, { work, hosts, rtt }: Cell): string | undefined {
  if (contender === 'ansible_default' && (hosts > 1 || rtt > 0)) return 'it is slower than tuned, which is measured';
  if (contender === 'ansible_tuned' && work === 'w1' && hosts > 1)
    return 'its hosts share two cores with it here, which would flatter the others';
  if (contender !== 'ansible_tuned' && contender.startsWith('ansible') && work === 'w2')
    return 'it is slower than tuned, which is measured';
  if ((contender.startsWith('ansible') || contender === 'mitogen') && work === 'w2' && rtt > 0)
    return 'it takes minutes, and W1 has these round trips';
  if (contender.startsWith('ansible') && work === 'edge' && (hosts > 200 || rtt > 0))
    return 'it takes minutes; 200 guests show what a guest costs';
  if (contender === 'mitogen' && ((hosts > 10 && rtt > 0) || (hosts > 1 && rtt === 10)))
    return 'it takes minutes, nearly all of them CPU as without delay';
  return undefined;
}

/** Nobody runs twice: in W2 the pipe is what the sketch is in W1, and called sketch only where that name was asked for. */
function contendersOf(work: WorkName, asked: readonly string[] | undefined): readonly string[] {
  const possible = works[work].contenders;
  if (work !== 'w1' && work !== 'w2' && work !== 'edge') return possible;
  const wanted = possible.filter((name) => asked?.includes(name) ?? true);
  return wanted.includes('pipe') ? wanted.filter((name) => name !== 'sketch') : wanted;
}
