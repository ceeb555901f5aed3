import { problem } from '../core/diagnostic.ts';
import type { Override } from '../engine/arguments.ts';
import type { KnownTo } from '../engine/known-guests.ts';
import { libvirtGuest } from '../modules/libvirt/guest.ts';
import { nameGuests } from './name-guests.ts';

/** `--reinstall` and `--adopt`. */
export interface GuestOrders {
  readonly reinstall: readonly string[];
  readonly adopt: readonly string[];
}

/**
 * What is asked for guests on the command line, for one run, as arguments of the tasks about them. `check` holds that the
 * run came to each of them.
 * @throws ProvisionError PV0003 for what is no guest, PV0002 for both orders on one
 */
export function guestOrders(orders: GuestOrders, known: KnownTo) {
  const reinstall = namesOf(orders.reinstall, known);
  const adopt = namesOf(orders.adopt, known);
  const both = reinstall.find((name) => adopt.includes(name));
  if (both !== undefined) throw problem('PV0002', `${both} cannot be both installed anew and adopted`);
  const met = new Set<string>();
  const taken = (name: string): void => void met.add(name);
  const module = libvirtGuest.name;
  const overrides: readonly Override[] = [
    { module, names: reinstall, args: { reinstall: true }, taken },
    { module, names: adopt, args: { adopt: true }, taken },
  ];
  const check = (): void => {
    const missed = [...reinstall, ...adopt].filter((name) => !met.has(name));
    if (missed.length === 0) return;
    throw problem('PV0007', `no task of this run was about ${missed.join(', ')}`, {
      help: `name a playbook with \`${module}\` for it; \`--limit\`, \`--tags\` and \`when\` must not leave it out`,
    });
  };
  return { overrides: overrides.filter(({ names }) => names.length > 0), check };
}

function namesOf(words: readonly string[], known: KnownTo): readonly string[] {
  const names = words.flatMap((text) => text.split(',')).filter(Boolean);
  return names.length === 0 ? [] : nameGuests(names, known).map(({ name }) => name);
}
