import { userInfo } from 'node:os';
import type { Look } from '../core/plan.ts';
import { recordOf } from '../modules/libvirt/guest-record.ts';
import { type MoveMark, moveMarkOf } from '../modules/libvirt/move-mark.ts';
import { infoOf, lookUp } from '../modules/libvirt/virsh.ts';
import type { FactsRequest } from './facts-of-hosts.ts';
import { type KnownGuest, knownHypervisors } from './known-guests.ts';
import { Machines } from './machines.ts';
import { runOfNothing } from './run-of-nothing.ts';
import { Forks } from './schedule.ts';

export type LookAt = (host: string) => Promise<Look>;
export type LookRequest = Omit<FactsRequest, 'hosts'>;

/** Eyes on hosts of the inventory, over one login each. */
export async function withLooks<T>(request: LookRequest, work: (lookAt: LookAt) => Promise<T>): Promise<T> {
  const forks = new Forks(request.forks);
  const owner = { run: 'look', user: userInfo().username, dataOf: () => ({}), forks, warn: () => undefined };
  const machines = new Machines(runOfNothing(request), owner);
  try {
    return await work(async (host) => (await machines.get(host).hold(machines.identity({}, host))).remote);
  } finally {
    await machines.close();
  }
}

/** A hypervisor that has a guest. */
export interface Seat {
  readonly host: string;
  /** It stands still there: what a live move left that was cut off. */
  readonly waits: boolean;
  readonly mark?: MoveMark;
}

/**
 * Where a guest is: looked for where the inventory has it, where it is to go, and where the marks of a move lead; on all
 * other hypervisors only where it is on none of these.
 */
export async function locateGuest(
  { name, hypervisor }: KnownGuest,
  to: string | undefined,
  { request, lookAt }: { readonly request: LookRequest; readonly lookAt: LookAt },
): Promise<readonly Seat[]> {
  const seen = new Map<string, Seat | undefined>();
  const look = async (hosts: readonly string[]): Promise<void> => {
    const unseen = [...new Set(hosts)].filter((host) => !seen.has(host));
    await Promise.all(unseen.map(async (host) => seen.set(host, await seatOn(host, name, await lookAt(host)))));
  };
  await look(to === undefined ? [hypervisor] : [hypervisor, to]);
  const found = (): readonly Seat[] => [...seen.values()].filter((seat) => seat !== undefined);
  if (found().length === 0) await look(knownHypervisors(request, [{ name, hypervisor }]));
  const others = found().flatMap(({ mark }) =>
    mark === undefined ? [] : mark.kind === 'leaving' ? mark.to : mark.from,
  );
  await look(others.filter((host) => request.inventory.hosts.has(host)));
  return found();
}

async function seatOn(host: string, name: string, look: Look): Promise<Seat | undefined> {
  const kept = await lookUp(look, 'domain', name);
  if (!kept || recordOf(kept.xml)?.guest !== name) return undefined;
  const mark = moveMarkOf(kept.xml);
  return { host, waits: infoOf(kept.info, 'State') === 'paused', ...(mark && { mark }) };
}

/** The two ends of a move that is under way, or of one that is over but not committed. */
export interface Underway {
  readonly from: string;
  readonly to: string;
  /** What is left on the old hypervisor is still there. */
  readonly left: boolean;
  /** It is defined on the new one, and not only waiting there. */
  readonly arrived: boolean;
  /** It went, or is going, while it ran. */
  readonly live: boolean;
}

export function moveUnderway(seats: readonly Seat[]): Underway | undefined {
  for (const { host, mark } of seats) {
    if (mark?.kind === 'leaving') {
      const arrived = seats.some((other) => other.host === mark.to && !other.waits && isFrom(other, host));
      return { from: host, to: mark.to, left: true, arrived, live: mark.live ?? false };
    }
  }
  const here = seats.find(({ mark }) => mark?.kind === 'arrived');
  if (here?.mark?.kind !== 'arrived') return undefined;
  return { from: here.mark.from, to: here.host, left: false, arrived: true, live: false };
}

function isFrom({ mark }: Seat, host: string): boolean {
  return mark?.kind === 'arrived' && mark.from === host;
}
