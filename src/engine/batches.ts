import type { Order, Play } from '../load/playbook.ts';

/** Hosts in the order of a play. */
export function inOrder<Host extends { readonly name: string }>(hosts: readonly Host[], order: Order): readonly Host[] {
  const byName = (a: Host, b: Host): number => (a.name < b.name ? -1 : 1);
  switch (order) {
    case 'inventory':
      return hosts;
    case 'reverse_inventory':
      return hosts.toReversed();
    case 'sorted':
      return hosts.toSorted(byName);
    case 'reverse_sorted':
      return hosts.toSorted(byName).toReversed();
    case 'shuffle':
      return shuffled(hosts);
    default:
      return order satisfies never;
  }
}

function shuffled<Host>(hosts: readonly Host[]): readonly Host[] {
  return hosts
    .map((host) => ({ host, draw: Math.random() }))
    .toSorted((a, b) => a.draw - b.draw)
    .map(({ host }) => host);
}

/** The hosts that go through a play together, one batch after the other; the last size counts for all that are left. */
export function batchesOf<Host>(hosts: readonly Host[], serial: Play['serial']): readonly (readonly Host[])[] {
  if (serial.length === 0) return [hosts];
  const batches: (readonly Host[])[] = [];
  for (let done = 0; done < hosts.length; ) {
    const size = sizeOf(serial[Math.min(batches.length, serial.length - 1)], hosts.length);
    batches.push(hosts.slice(done, done + size));
    done += size;
  }
  return batches;
}

/** A share is one of all hosts, and at least one of them. */
function sizeOf(serial: number | string | undefined, hosts: number): number {
  if (typeof serial === 'number') return serial;
  return Math.max(1, Math.floor((hosts * Number.parseInt(serial ?? '100', 10)) / 100));
}
