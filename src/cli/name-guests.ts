import { problem } from '../core/diagnostic.ts';
import { type KnownGuest, type KnownTo, knownGuests } from '../engine/known-guests.ts';
import { selectHosts } from '../load/inventory.ts';

/** Guests by name or pattern, as `--limit` takes them; all when no word is given. */
export function nameGuests(words: readonly string[], known: KnownTo): readonly KnownGuest[] {
  const named = words.length === 0 ? undefined : new Set(selectHosts(known.inventory, words.join(',')));
  const guests = knownGuests(known).filter(({ name }) => named?.has(name) ?? true);
  if (guests.length > 0) return guests;
  const why = words.length === 0 ? 'the inventory has no guests' : `\`${words.join(' ')}\` names no guest`;
  throw problem('PV0003', why, {
    help: 'a guest is a host with a `hypervisor`; `provision inventory` shows all hosts',
  });
}
