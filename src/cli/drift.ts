import type { RunEvent } from '../core/event.ts';
import type { HypervisorStatus } from '../core/guest-status.ts';
import { run } from '../engine/run.ts';
import { terminalAsking } from './ask.ts';
import { loadProject } from './load-project.ts';
import type { InventoryOptions, OpenInventory } from './open-inventory.ts';
import { openSecrets } from './open-secrets.ts';
import { requestFor } from './run-own-playbook.ts';

interface Surroundings {
  readonly known: OpenInventory;
  readonly options: InventoryOptions;
  readonly signal: AbortSignal;
}

export type Drift = ReadonlyMap<string, readonly string[]>;

/**
 * What a run of these playbooks would change, host by host, found by check mode: `guest: define everest anew (…)`.
 * @throws ProvisionError with every mistake in the playbooks
 */
export async function driftFinder(playbooks: readonly string[], { known, options, signal }: Surroundings) {
  const files = { playbooks, inventory: options.inventory, extraVars: options['extra-vars'] };
  const project = loadProject(files);
  const identity = { file: options.identity, environment: process.env, asking: terminalAsking() };
  await openSecrets(project, known.secrets, identity);
  return async (hosts: readonly string[]): Promise<Drift> => {
    const drift = new Map<string, string[]>();
    const emit = (event: RunEvent): void => {
      if (event.event !== 'task.end') return;
      const told = drift.get(event.host) ?? [];
      drift.set(event.host, [...told, ...driftIn(event)]);
    };
    const request = requestFor(project.playbooks, { ...known, ...project, signal });
    await run({ ...request, limit: hosts.join(','), check: true, emit });
    return drift;
  };
}

function driftIn({ task, status, message, notes = [] }: Extract<RunEvent, { event: 'task.end' }>): readonly string[] {
  if (status === 'ok' || status === 'skipped') return notes.map((note) => `${task}: ${note}`);
  if (status === 'changed')
    return [`${task}: ${message ?? 'would change'}`, ...notes.map((note) => `${task}: ${note}`)];
  return [`${task}: ${status}: ${message ?? 'not known in check mode'}`];
}

/** The status of each guest and hypervisor with its drift. */
export function withDrift(status: readonly HypervisorStatus[], drift: Drift): readonly HypervisorStatus[] {
  return status.map((hypervisor) => ({
    ...hypervisor,
    drift: drift.get(hypervisor.name) ?? [],
    guests: hypervisor.guests.map((guest) => ({ ...guest, drift: drift.get(guest.name) ?? [] })),
  }));
}

/** Everything that a status is about. */
export function hostsOf(status: readonly HypervisorStatus[]): readonly string[] {
  return status.flatMap(({ name, guests }) => [
    name,
    ...guests.filter(({ stray }) => !stray).map((guest) => guest.name),
  ]);
}
