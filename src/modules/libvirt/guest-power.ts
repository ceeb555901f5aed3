import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import type { GuestArgs } from './guest-args.ts';
import { virsh } from './virsh.ts';

type Patience = Pick<GuestArgs, 'restart_within' | 'restart_force'>;

/** Lets the system within go down by itself, so that it writes to its disk what it still holds in memory. */
export function shutDown(name: string, patience: Patience): readonly Step[] {
  const askIt: Step = {
    title: `shut ${name} down in good order, if it is still on`,
    effect: { kind: 'run', argv: ['sh', '-c', pressButton, 'sh', name] },
  };
  return [askIt, awaitOff(name, patience)];
}

/** $1 domain. It may be off already, or go off by itself between the two commands. */
const pressButton = `state() { virsh -c qemu:///system domstate "$1"; }
case $(state "$1") in "shut off"*) exit 0 ;; esac
virsh -c qemu:///system shutdown "$1" && exit 0
case $(state "$1") in "shut off"*) exit 0 ;; esac
exit 1`;

export function awaitOff(name: string, { restart_within: patience, restart_force: force }: Patience): Step {
  const late = problem('PV5311', `${name} did not shut down within ${patience} seconds; it is left running as it was`, {
    help: 'its system may not listen to the power button: `restart_force: true` pulls the plug then',
  });
  return {
    title: `wait until ${name} is off, for ${patience} seconds`,
    counts: false,
    effect: {
      kind: 'follow',
      query: virsh('domstate', name),
      every: 1,
      within: force ? patience + 60 : patience,
      judge: () => (seen) => {
        const off = seen.output?.exit === 0 && seen.output.stdout.trim() === 'shut off';
        return { kind: off || (force && seen.elapsed >= patience) ? 'done' : 'more' };
      },
      late: () => late.diagnostics[0],
    },
  };
}

/** Ends qemu in good order, so that it writes out what its image still lacks. */
export function powerOff(name: string): Step {
  return {
    title: `power off the machine of ${name}, if it is still on`,
    effect: { kind: 'run', argv: ['sh', '-c', endInGoodOrder, 'sh', name] },
  };
}

/** $1 domain. It may go off by itself between the two commands, and a busy host takes its time. */
const endInGoodOrder = `for attempt in 1 2 3; do
  case $(virsh -c qemu:///system domstate "$1") in "shut off"*) exit 0 ;; esac
  virsh -c qemu:///system destroy --graceful "$1" && exit 0
done
exit 1`;
