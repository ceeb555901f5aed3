import { type Diagnostic, problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import type { KnownGuest } from '../engine/known-guests.ts';
import { type StatusRequest, withStatus } from '../engine/status.ts';

/** Guests that provision made and the inventory no longer names: those named, else all. */
export async function strayGuests(
  names: readonly string[],
  request: StatusRequest,
): Promise<{ readonly guests: readonly KnownGuest[]; readonly failures: readonly Diagnostic[] }> {
  const hypervisors = await withStatus(request, (look) => look());
  const strays = hypervisors.flatMap(({ name: hypervisor, guests }) =>
    guests
      .filter(({ stray }) => stray)
      .map(({ name, address }) => ({ name, hypervisor, ...(address !== undefined && { address }) })),
  );
  const failures = hypervisors.flatMap(({ failure }) => failure ?? []);
  const unknown = names.find((name) => !strays.some((stray) => stray.name === name));
  if (unknown !== undefined && failures.length === 0) {
    throw problem('PV0003', `\`${unknown}\` is no guest that the inventory has forgotten`, {
      help:
        didYouMean(
          unknown,
          strays.map(({ name }) => name),
        ) ?? 'provision destroy --prune --check lists them',
    });
  }
  return { guests: names.length === 0 ? strays : strays.filter(({ name }) => names.includes(name)), failures };
}
