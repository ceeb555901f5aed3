import type { Finding } from '../core/finding.ts';
import type { HypervisorView } from './hypervisor-view.ts';
import { timed, type Verifying } from './verify-guest.ts';

/** Ports that are often open without anybody having meant it, besides those that something listens on. */
const usual = [23, 111, 2015, 5900, 16509];
const most = 12;

/** What the firewall's policy does not let in must not let anybody in. */
export async function verifyClosed(hypervisor: string, verifying: Verifying): Promise<readonly Finding[]> {
  const { view, viewpoint, address } = verifying;
  if (view.policy === undefined) {
    const message = 'no firewall.policy stands on it, so nothing is said to be closed';
    return [{ host: hypervisor, about: 'closed', status: 'skipped', message, ms: 0 }];
  }
  const ports = closedPorts(view);
  const finding = timed(hypervisor, 'closed', async () => {
    const opened = await Promise.all(ports.map((port) => viewpoint.opens(address, port)));
    const open = ports.filter((_, index) => opened[index]);
    const list = (some: readonly number[]): string => some.join(', ');
    return open.length > 0
      ? { status: 'failed', message: `the policy closes ${list(open)}, which opens, seen from ${viewpoint.name}` }
      : { status: 'ok', message: `closed, seen from ${viewpoint.name}: ${list(ports)}` };
  });
  return [await finding];
}

/** First those that something listens on: there alone a closed port says something of the firewall. */
export function closedPorts({ policy = '', listening, forwards }: HypervisorView): readonly number[] {
  const forwarded = forwards.map(({ host_port }) => host_port);
  const candidates = [...new Set([...listening, ...usual])].filter((port) => !forwarded.includes(port));
  return candidates.filter((port) => !isNamed(port, policy)).slice(0, most);
}

/** A port that any rule names may be open to some, and says nothing. */
function isNamed(port: number, policy: string): boolean {
  const named = [...policy.matchAll(/--dports? (\S+)/g)].flatMap(([, list = '']) => list.split(','));
  return named.some((range) => {
    const [first = '', last = first] = range.split(':');
    return Number(first) <= port && port <= Number(last);
  });
}
