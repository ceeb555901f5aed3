import { userInfo } from 'node:os';
import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import { type Facts, readFacts } from './facts.ts';
import { Machines } from './machines.ts';
import type { RunRequest } from './request.ts';
import { runOfNothing } from './run-of-nothing.ts';
import { Forks } from './schedule.ts';

/** What is asked of hosts outside of a run: nothing is changed, and no lock taken. */
export type FactsRequest = Pick<
  RunRequest,
  'inventory' | 'extra' | 'secrets' | 'knownHosts' | 'passwords' | 'signal'
> & {
  readonly hosts: readonly string[];
  readonly forks: number;
};

export type FactsOfHost = { readonly facts: Facts } | { readonly failure: Diagnostic };

/** The facts of hosts, side by side. */
export async function factsOfHosts(request: FactsRequest): Promise<ReadonlyMap<string, FactsOfHost>> {
  const forks = new Forks(request.forks);
  const machines = new Machines(runOfNothing(request), {
    run: 'facts',
    user: userInfo().username,
    dataOf: () => ({}),
    forks,
    warn: () => undefined,
  });
  const found = new Map<string, FactsOfHost>();
  try {
    await forks.all(request.hosts, async (host) => {
      found.set(host, await factsOf(host, machines));
    });
  } finally {
    await machines.close();
  }
  return found;
}

async function factsOf(host: string, machines: Machines): Promise<FactsOfHost> {
  try {
    const { remote } = await machines.get(host).hold(machines.identity({}, host));
    return { facts: await readFacts(remote) };
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return { failure: error.diagnostics[0] };
  }
}
