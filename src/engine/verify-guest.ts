import { milliseconds } from '../core/clock.ts';
import type { Finding } from '../core/finding.ts';
import { parseAddress } from '../core/ip-address.ts';
import type { Look } from '../core/plan.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import type { HostPlace } from '../transport/host-key.ts';
import type { HypervisorView } from './hypervisor-view.ts';
import type { Viewpoint } from './viewpoint.ts';

export interface GuestToVerify {
  readonly name: string;
  readonly ip?: string;
  readonly mac?: string;
  /** What the world knows it by. */
  readonly publicIp?: string;
  /** Where its SSH is to answer. */
  readonly ssh: HostPlace;
  /** The way there leads through other hosts. */
  readonly jump?: string;
}

export interface Verifying {
  readonly view: HypervisorView;
  readonly viewpoint: Viewpoint;
  /** Address of the hypervisor, as others know it. */
  readonly address: string;
  readonly look: Look;
}

type Found = Pick<Finding, 'status' | 'message'>;

/** Everything about one guest that can be tried. */
export async function verifyGuest(guest: GuestToVerify, verifying: Verifying): Promise<readonly Finding[]> {
  const { view } = verifying;
  const { publicIp } = guest;
  const others = view.forwards.filter(
    ({ guest: owner, protocol, host_port }) =>
      owner === guest.name && (protocol === 'udp' || host_port !== guest.ssh.port),
  );
  return Promise.all([
    timed(guest.name, 'ssh', () => verifySsh(guest, verifying)),
    ...(publicIp === undefined
      ? []
      : [timed(guest.name, 'public', () => verifyKey({ ...guest.ssh, host: publicIp, port: 22 }, verifying))]),
    ...others.map((forward) => timed(guest.name, 'forward', () => verifyForward(forward, verifying))),
    timed(guest.name, 'lease', async () => verifyLease(guest, view)),
    timed(guest.name, 'address', () => verifyAddress(guest, verifying.look)),
  ]);
}

/** What goes wrong on the way is what was found. */
export async function timed(host: string, about: Finding['about'], look: () => Promise<Found>): Promise<Finding> {
  const started = milliseconds();
  const found = await look().catch(
    (error: unknown): Found => ({
      status: 'failed',
      message: error instanceof Error ? error.message : String(error),
    }),
  );
  return { host, about, ...found, ms: Math.round(milliseconds() - started) };
}

async function verifySsh({ ssh, jump }: GuestToVerify, verifying: Verifying): Promise<Found> {
  if (jump !== undefined && verifying.viewpoint.name === 'here')
    return { status: 'skipped', message: `the way there is through ${jump}: try it from a host nearby with --from` };
  return verifyKey(ssh, verifying);
}

async function verifyKey(place: HostPlace, { viewpoint }: Verifying): Promise<Found> {
  const why = await viewpoint.hostKey(place);
  if (why !== undefined) return { status: 'failed', message: why };
  return ok(`${place.host}:${place.port} shows the pinned host key, seen from ${viewpoint.name}`);
}

async function verifyForward({ protocol, host_port: port, to }: Forward, verifying: Verifying): Promise<Found> {
  const { address, viewpoint } = verifying;
  const [outside, inside] = [parseAddress(address), parseAddress(to)];
  if (outside && inside && outside.version !== inside.version) {
    const message = `${port} leads to ${to}, and IPv${inside.version} to its host is not known: it is reached at ${address}`;
    return { status: 'skipped', message };
  }
  if (protocol === 'udp') return verifyUdp(port, verifying);
  const where = `${address}:${port}`;
  if ((await viewpoint.open(address, [port])).length > 0) return ok(`${where} opens, seen from ${viewpoint.name}`);
  return { status: 'failed', message: `${where} does not open, seen from ${viewpoint.name}` };
}

/** A refusal may be the guest's own, or of a host that forwards nothing; from silence nobody can tell. */
async function verifyUdp(port: number, { address, viewpoint }: Verifying): Promise<Found> {
  const where = `udp ${address}:${port}`;
  const seen = `seen from ${viewpoint.name}`;
  const answer = await viewpoint.udp(address, port);
  if (answer === 'answered') return ok(`${where} answers, ${seen}`);
  if (answer === 'refused')
    return { status: 'failed', message: `${where} is refused, by the guest or before it, ${seen}` };
  const message = `${where} is silent, ${seen}: a server that does not answer looks like a datagram that was dropped`;
  return { status: 'skipped', message };
}

/** What is said of a reserved address that no lease was given for. */
export const leaseNotAsked = 'which has not asked for it';

/** The lease must be what is reserved, and both what the inventory says. */
export function verifyLease({ ip, mac }: GuestToVerify, { reserved, leased }: HypervisorView): Found {
  if (ip === undefined || mac === undefined) return { status: 'skipped', message: 'no address is planned for it' };
  const [kept, taken] = [reserved.get(mac.toLowerCase()), leased.get(mac.toLowerCase())];
  const failed = (message: string): Found => ({ status: 'failed', message });
  if (kept === undefined && taken === undefined)
    return { status: 'skipped', message: `no network of its hypervisor knows ${mac}` };
  if (kept !== undefined && kept !== ip) return failed(`${kept} is reserved for ${mac}, not ${ip}`);
  if (taken === undefined) return failed(`${ip} is reserved for ${mac}, ${leaseNotAsked}`);
  return taken === ip ? ok(`${taken} is leased to ${mac}`) : failed(`${mac} was given ${taken}, not ${ip}`);
}

/** A guest that does not answer to ping still tells its neighbour who it is. */
async function verifyAddress({ ip, mac }: GuestToVerify, look: Look): Promise<Found> {
  if (ip === undefined) return { status: 'skipped', message: 'no address is planned for it' };
  const script = 'ping -c 1 -W 2 "$1" >/dev/null 2>&1 && echo answers; ip neigh show to "$1"';
  const { stdout } = await look.query(['sh', '-c', script, 'sh', ip]);
  const neighbour = /\blladdr (\S+)(?! .*FAILED)/.exec(stdout)?.[1]?.toLowerCase();
  if (neighbour === undefined && !stdout.startsWith('answers'))
    return { status: 'failed', message: `nobody answers at ${ip}` };
  if (neighbour !== undefined && mac !== undefined && neighbour !== mac.toLowerCase())
    return { status: 'failed', message: `at ${ip} answers ${neighbour}, not ${mac}` };
  return ok(`${ip} answers${neighbour === undefined ? '' : ` as ${neighbour}`}`);
}

function ok(message: string): Found {
  return { status: 'ok', message };
}
