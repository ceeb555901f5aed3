import type { Problems } from '../core/diagnostic.ts';
import type { AddressPool } from './address-pool.ts';
import type { Wish } from './address-wishes.ts';
import { isShared } from './network.ts';
import { findVariable } from './variables.ts';

/** A guest that nothing can be allotted to. */
export function reportMissing({ host, networks, network }: Wish, problems: Problems): void {
  const help = 'give it a free address of its network: ip: 192.168.101.100';
  if (network) {
    problems.add('PV2011', `the guest ${host.name} has no \`ip\`, and its network \`${network.name}\` no \`range\``, {
      at: host.at,
      related: [{ at: network.locate(), message: 'its network' }],
      help: `${help}, or give the network a range to allot from`,
    });
  } else if (networks.size > 0) {
    problems.add('PV2011', `the guest ${host.name} has no \`ip\`, and its \`network\` is an expression`, {
      at: findVariable(host.layers, 'network')?.at ?? host.at,
      help: 'addresses are allotted before expressions are evaluated; write the name of the network',
    });
  } else problems.add('PV2011', `the guest ${host.name} has no \`ip\``, { at: host.at, help });
}

/** A guest that came too late. */
export interface Waiting {
  readonly wish: Wish;
  readonly pool: AddressPool;
}

/** Told once for each network, or each hypervisor that has it for itself. */
export function reportShortage(waiting: readonly Waiting[], problems: Problems): void {
  const byPool = new Map<AddressPool, Map<string, Wish[]>>();
  for (const { wish, pool } of waiting) {
    const owner = isShared(pool.network) ? '' : wish.hypervisor;
    const owners = byPool.get(pool) ?? new Map<string, Wish[]>();
    byPool.set(pool, owners);
    const wishes = owners.get(owner);
    if (wishes) wishes.push(wish);
    else owners.set(owner, [wish]);
  }
  for (const [pool, owners] of byPool) {
    for (const wishes of owners.values()) reportUsedUp(pool, wishes, problems);
  }
}

function reportUsedUp(pool: AddressPool, [first, ...others]: readonly Wish[], problems: Problems): void {
  const { network } = pool;
  if (!first) return;
  const where = isShared(network) ? '' : ` on ${first.hypervisor}`;
  const also = others.length === 0 ? '' : `, nor for ${others.length} more`;
  const message = `no address is left in \`${network.name}\`${where} for ${first.host.name}${also}`;
  problems.add('PV2021', message, {
    at: first.host.at,
    related: [{ at: network.locate('range'), message: usedUp(pool, first.hypervisor) }],
    help: 'widen the range, or reserve less of it',
  });
}

function usedUp(pool: AddressPool, hypervisor: string): string {
  const use = pool.uses().find((one) => one.hypervisor === undefined || one.hypervisor === hypervisor);
  return `none is free: ${use?.taken} are taken, ${use?.reserved} reserved`;
}
