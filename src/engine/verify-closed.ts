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
  const { heard, silent } = closedPorts(view, address);
  const ports = [...heard, ...silent].slice(0, most);
  const finding = timed(hypervisor, 'closed', async () => {
    const open = await viewpoint.open(address, ports);
    const from = `seen from ${viewpoint.name}`;
    if (open.length > 0)
      return { status: 'failed', message: `the policy closes ${open.join(', ')}, which opens, ${from}` };
    // Where nobody listens a port is closed without any policy.
    if (heard.length === 0) return { status: 'skipped', message: 'nothing listens on a port that the policy closes' };
    const shown = ports.filter((port) => heard.includes(port)).join(', ');
    return { status: 'ok', message: `closed although something listens, ${from}: ${shown}` };
  });
  return [await finding];
}

interface ClosedPorts {
  /** Something listens on them: there alone a closed port says something of the firewall. */
  readonly heard: readonly number[];
  readonly silent: readonly number[];
}

/** Neither forwarded nor named by a rule. */
export function closedPorts({ policy = '', listening, forwards }: HypervisorView, address: string): ClosedPorts {
  const forwarded = forwards.filter(({ protocol }) => protocol === 'tcp').map(({ host_port }) => host_port);
  const isClosed = (port: number): boolean => !forwarded.includes(port) && !isNamed(port, policy);
  const here = listening.filter((listener) => (listener.address ?? address) === address).map(({ port }) => port);
  const heard = [...new Set(here)].filter(isClosed).toSorted((a, b) => a - b);
  return { heard, silent: usual.filter((port) => isClosed(port) && !heard.includes(port)) };
}

/** A port that any rule names may be open to some, and says nothing. */
function isNamed(port: number, policy: string): boolean {
  const named = [...policy.matchAll(/--dports? (\S+)/g)].flatMap(([, list = '']) => list.split(','));
  return named.some((range) => {
    const [first = '', last = first] = range.split(':');
    return Number(first) <= port && port <= Number(last);
  });
}
