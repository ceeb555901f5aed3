import type { Inventory } from '../load/inventory.ts';
import { withChanges } from '../load/record-changes.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import { replaceFile } from './replace-file.ts';

/** Where the project remembers guests. */
export interface Memory {
  readonly inventory: Inventory;
  readonly knownHosts: KnownHosts;
}

/** What the project would forget of a guest, as steps are told. */
export function remembered(guest: string, memory: Memory): readonly string[] {
  const { project } = memory.knownHosts;
  return [
    ...(memory.knownHosts.pinned(guest).length > 0 ? [`forget its pinned host key in ${project}`] : []),
    ...recordsOf([guest], memory).map(({ ip }) => `forget its recorded address ${ip}`),
  ];
}

/** @throws ProvisionError PV4016 or PV2023 where a file cannot be written */
export function forgetGuests(guests: readonly string[], memory: Memory): void {
  const { knownHosts, inventory } = memory;
  for (const guest of guests) if (knownHosts.pinned(guest).length > 0) knownHosts.pin(guest, []);
  const released = recordsOf(guests, memory).map((entry) => ({ ...entry, why: 'it was destroyed' }));
  if (released.length === 0 || !inventory.addresses) return;
  const { file, text } = inventory.addresses.recorded;
  replaceFile(file, { before: text, after: withChanges(text, { added: [], released }), code: 'PV2023' });
}

function recordsOf(guests: readonly string[], { inventory }: Memory) {
  return inventory.addresses?.recorded.entries.filter(({ guest }) => guests.includes(guest)) ?? [];
}
