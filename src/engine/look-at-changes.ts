import { userInfo } from 'node:os';
import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { SeenThing } from '../modules/restorer.ts';
import type { Change } from './changes.ts';
import type { FactsRequest } from './facts-of-hosts.ts';
import { Machines } from './machines.ts';
import { judgeChange, restorerOf, type Verdict } from './put-back.ts';
import { runOfNothing } from './run-of-nothing.ts';
import { Forks } from './schedule.ts';

export type LookRequest = Omit<FactsRequest, 'hosts'> & {
  /** What is put back although it was changed since. */
  readonly overwrites: (change: Change) => boolean;
};

/** A change, and what is to become of it. */
export interface Judged {
  readonly change: Change;
  readonly verdict: Verdict;
}

export type ChangesOfHost = { readonly judged: readonly Judged[] } | { readonly failure: Diagnostic };

/** Looks at all that a run changed, on all hosts side by side; nothing is changed, and no lock taken. */
export async function lookAtChanges(
  changes: readonly Change[],
  request: LookRequest,
): Promise<ReadonlyMap<string, ChangesOfHost>> {
  const forks = new Forks(request.forks);
  const owner = { run: 'undo', user: userInfo().username, dataOf: () => ({}), forks, warn: () => undefined };
  const machines = new Machines(runOfNothing(request), owner);
  const hosts = [...new Set(changes.map(({ on }) => on))];
  const found = new Map<string, ChangesOfHost>(hosts.map((host) => [host, { judged: [] }]));
  try {
    await forks.all(hosts, async (host) => {
      const own = changes.filter(({ on }) => on === host);
      found.set(host, await lookAtHost(own, machines, request));
    });
  } finally {
    await machines.close();
  }
  return found;
}

async function lookAtHost(
  changes: readonly Change[],
  machines: Machines,
  { overwrites }: LookRequest,
): Promise<ChangesOfHost> {
  try {
    const seen = await Promise.all(changes.map((change) => see(change, machines)));
    const judged = changes.map((change, index): Judged => {
      const one = seen[index];
      return { change, verdict: one ? judgeChange(change, one, overwrites(change)) : { kind: 'done' } };
    });
    return { judged: settleHolders(judged, seen) };
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return { failure: error.diagnostics[0] };
  }
}

async function see({ on, as, was }: Change, machines: Machines): Promise<SeenThing> {
  const { remote } = await machines.get(on).hold(as === undefined ? undefined : { user: as });
  return restorerOf(was).read(was.name, remote);
}

/** What holds something that stays cannot go. What is in it was made later, so that it has been settled before. */
function settleHolders(judged: readonly Judged[], seen: readonly SeenThing[]): readonly Judged[] {
  const settled: Judged[] = [];
  for (const [index, one] of judged.entries()) {
    const { change, verdict } = one;
    const held = verdict.kind === 'back' && change.was.state?.kind !== 'directory' ? seen[index]?.holds : undefined;
    const stays = held?.find((name) => !settled.some((other) => goes(other, change.was.kind, name)));
    settled.push(stays === undefined ? one : { change, verdict: { kind: 'impossible', why: `${stays} is in it` } });
  }
  return settled;
}

function goes({ change, verdict }: Judged, kind: string, name: string): boolean {
  return verdict.kind === 'back' && change.was.state === null && change.was.kind === kind && change.was.name === name;
}
