import { ProvisionError } from '../core/diagnostic.ts';
import { type Inventory, selectHosts } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';

/** The inventory with the groups that tasks will make, as far as their names stand in the playbook: still empty. */
export function withGroupsToCome(inventory: Inventory, plays: readonly Play[]): Inventory {
  const names = plays
    .flatMap(({ tasks }) => tasks)
    .flatMap(groupsOf)
    .filter((name) => !name.includes('<%') && !inventory.groups.has(name));
  if (names.length === 0) return inventory;
  const empty = names.map((name) => [name, { name, hosts: [], children: [] }] as const);
  return { ...inventory, groups: new Map([...inventory.groups, ...empty]) };
}

/** The hosts of a play; what a task of an earlier play might have added, and has not, is nobody. */
export function hostsOfPlay(play: Play, inventory: Inventory, plays: readonly Play[]): readonly string[] {
  try {
    return selectHosts(inventory, play.hosts, play.at);
  } catch (error) {
    const before = plays.slice(0, plays.indexOf(play));
    const mayGrow = before.some(({ tasks }) => tasks.some(grows));
    if (mayGrow && error instanceof ProvisionError && error.diagnostics.every(({ code }) => code === 'PV2008'))
      return [];
    throw error;
  }
}

function grows({ module }: Task): boolean {
  return module === 'add_host' || module === 'group_by';
}

function groupsOf(task: Task): readonly string[] {
  if (!grows(task) || typeof task.args !== 'object' || task.args === null) return [];
  const { groups, key, parents } = task.args as Readonly<Record<string, unknown>>;
  return [groups, key, parents].flat().flatMap((name) => (typeof name === 'string' ? name.split(',') : []));
}
