import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { describeDifference, type XmlDifference } from './compare-xml.ts';
import { attach, attachWords, type NetworkPort } from './network-ports.ts';

/** Whether what is connected may be cut off for a moment, or stopped. */
export type Restart = 'never' | 'ask' | 'allowed';

export interface Interruption {
  readonly name: string;
  readonly restart: Restart;
  /** What only a restart brings. */
  readonly differences: readonly XmlDifference[];
  /** Its definition until now, which comes back if it does not start with the new one. */
  readonly before: string;
  readonly ports: readonly NetworkPort[];
}

/** Stops and starts a network and attaches the interfaces of running guests again, on the host in one go. */
export function restartNetwork(interruption: Interruption): Step {
  checkAllowed(interruption);
  const { name, restart, before, ports } = interruption;
  const what = `restart: stop and start network ${name} ${whatItMeans(ports)}`;
  return {
    title: what,
    effect: {
      kind: 'run',
      argv: ['sh', '-c', restartScript, 'sh', name, before, ...ports.flatMap(attachWords)],
    },
    ...(restart === 'ask' && { confirm: `${what.replace('restart: ', '')}?` }),
  };
}

/** Refuses what was not allowed before anything is defined. */
export function checkAllowed({ name, restart, differences, ports }: Interruption): void {
  const what = [...new Set(differences.map(describeDifference))].join('; ');
  const refuse = (why: string, help: string) =>
    problem('PV5302', `network ${name} runs and is not as defined: ${what}; ${why}`, {
      argument: ['xml'],
      ...differences.find(({ at }) => at)?.at,
      help,
    });
  const fixed = ports.filter((port) => port.fixed);
  if (fixed.length > 0) {
    throw refuse(
      `${namesOf(fixed)} could not be attached to it again while running`,
      'their interfaces have a VLAN, a switch or a card of their own: shut them down first',
    );
  }
  if (restart !== 'never') return;
  throw refuse(
    `only a restart brings that ${whatItMeans(ports)}`,
    '`restart: allowed`, or `ask`, restarts it and attaches the interfaces of its guests again; the guests themselves go on',
  );
}

function whatItMeans(ports: readonly NetworkPort[]): string {
  return ports.length === 0 ? '(no guest that runs is on it)' : `(it cuts off ${namesOf(ports)} for some seconds)`;
}

function namesOf(ports: readonly NetworkPort[]): string {
  return [...new Set(ports.map(({ guest }) => guest))].join(', ');
}

/** $1 network, $2 its definition until now; then five words for each interface. */
const restartScript = `${attach}network=$1 before=$2
shift 2
virsh -c qemu:///system net-destroy "$network" || exit
virsh -c qemu:///system net-start "$network"
failed=$?
if [ "$failed" -ne 0 ]; then
  printf %s "$before" | virsh -c qemu:///system net-define /dev/stdin
  virsh -c qemu:///system net-start "$network"
fi
while [ "$#" -gt 0 ]; do
  attach "$network" "$1" "$2" "$3" "$4" "$5" || failed=$?
  shift 5
done
exit "$failed"`;
