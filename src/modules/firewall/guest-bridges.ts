import type { Look } from '../../core/plan.ts';

/** A bridge on which libvirt itself serves guests with addresses and names. */
export interface GuestBridge {
  readonly name: string;
  /** Its guests may go out; on an isolated network they may not. */
  readonly routed: boolean;
}

const script = `command -v virsh >/dev/null || exit 0
names=$(virsh -q -c qemu:///system net-list --all --name) || exit
for name in $names; do virsh -q -c qemu:///system net-dumpxml "$name" || exit; done`;

/** Of all networks, running or not: the rules must be there before a network starts. */
export async function readGuestBridges(look: Look): Promise<readonly GuestBridge[]> {
  const { stdout } = await look.query(['sh', '-c', script]);
  const bridges = stdout.split('</network>').flatMap((xml) => bridgeOf(xml) ?? []);
  return bridges.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of the other kinds of forwarding the bridge is the host's own, and what is beyond it is not ours to serve. */
function bridgeOf(xml: string): GuestBridge | undefined {
  const name = /<bridge name='([^']+)'/.exec(xml)?.[1];
  const forward = /<forward(?: [^>]*)?>/.exec(xml)?.[0];
  const mode = forward === undefined ? undefined : (/mode='([^']+)'/.exec(forward)?.[1] ?? 'nat');
  if (name === undefined || !['nat', 'route', 'open', undefined].includes(mode)) return undefined;
  return { name, routed: mode !== undefined };
}
