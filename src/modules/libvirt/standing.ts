import type { Look } from '../../core/plan.ts';

/** How a domain is on one of two hosts; `gone`: off, because it went on elsewhere. */
export type Standing = 'absent' | 'running' | 'paused' | 'gone' | 'off';

export async function standingOn(look: Look, name: string): Promise<Standing> {
  return readStanding((await look.query(['sh', '-c', tellStanding, 'sh', name])).stdout);
}

/**
 * $1 domain. libvirt forgets why a domain is off when it is itself started again, which happens on any host without a
 * running guest; the log of the domain keeps it.
 */
const tellStanding = `virsh -c qemu:///system list --all --name | grep -Fxq -- "$1" || exit 0
virsh -c qemu:///system domstate --reason "$1" || exit
log=/var/log/libvirt/qemu/$1.log
[ ! -r "$log" ] || grep -E ': (starting up|shutting down)' "$log" | tail -n 1`;

export function readStanding(told: string): Standing {
  const [state = ''] = told.trim().split('\n');
  if (state === '') return 'absent';
  if (state.startsWith('paused')) return 'paused';
  if (!state.startsWith('shut off')) return 'running';
  return state === 'shut off (migrated)' || told.includes(': shutting down, reason=migrated') ? 'gone' : 'off';
}
