import type { Secrets } from '../core/secret.ts';
import type { Inventory } from '../load/inventory.ts';
import type { VariableLayer } from '../load/variables.ts';
import { createScope } from './scope.ts';

export interface KnownTo {
  readonly inventory: Inventory;
  readonly extra: readonly VariableLayer[];
  readonly secrets: Secrets;
}

/** A guest as the inventory has it. */
export interface KnownGuest {
  readonly name: string;
  readonly hypervisor: string;
  readonly address?: string;
  readonly mac?: string;
}

/** Every host that names a hypervisor, in the order of the inventory. */
export function knownGuests({ inventory, extra, secrets }: KnownTo): readonly KnownGuest[] {
  return [...inventory.hosts.values()].flatMap(({ name, layers }) => {
    const scope = createScope({ inventory, host: name, layers, data: {}, extra, secrets });
    if (!scope.has('hypervisor')) return [];
    const text = (variable: string) => (scope.has(variable) ? String(scope.resolve(variable)) : undefined);
    const [hypervisor = '', address, mac] = [text('hypervisor'), text('ip'), text('mac')];
    return [{ name, hypervisor, ...(address !== undefined && { address }), ...(mac !== undefined && { mac }) }];
  });
}

/** Hosts that guests name, and those of the group `hypervisors`, which may have none yet or none any more. */
export function knownHypervisors({ inventory }: Pick<KnownTo, 'inventory'>, guests: readonly KnownGuest[]) {
  const named = new Set([
    ...(inventory.groups.get('hypervisors')?.hosts ?? []),
    ...guests.map(({ hypervisor }) => hypervisor),
  ]);
  return [...inventory.hosts.keys()].filter((name) => named.has(name));
}
