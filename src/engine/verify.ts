import { problem } from '../core/diagnostic.ts';
import type { Look } from '../core/plan.ts';
import type { Proof } from '../core/proof.ts';
import type { Secrets } from '../core/secret.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Host, Inventory } from '../load/inventory.ts';
import type { VariableLayer } from '../load/variables.ts';
import { type Connection, connect } from '../transport/connect.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import { connectionSettings, type SshMap } from './connection-settings.ts';
import { viewHypervisor } from './hypervisor-view.ts';
import { proveClosed } from './prove-closed.ts';
import { type GuestToProve, type Proving, proveGuest } from './prove-guest.ts';
import { Forks } from './schedule.ts';
import { createScope } from './scope.ts';
import { fromHere, fromHost, type Viewpoint } from './viewpoint.ts';

export interface VerifyRequest {
  readonly inventory: Inventory;
  readonly guests: readonly string[];
  readonly extra: readonly VariableLayer[];
  readonly knownHosts: KnownHosts;
  readonly secrets: Secrets;
  /** The host that ports are tried from; this machine when left out. */
  readonly from?: string;
  readonly forks: number;
}

/** Tries from outside what guests are said to have, hypervisor by hypervisor; in the order of the inventory. */
export async function verify(request: VerifyRequest): Promise<readonly Proof[]> {
  const connections: Connection[] = [];
  const look = async (name: string): Promise<Look> => lookAt(name, request, connections);
  try {
    const viewpoint =
      request.from === undefined
        ? fromHere(request.knownHosts)
        : fromHost(request.from, await look(request.from), request.knownHosts);
    const hypervisors = [...new Set(request.guests.map((guest) => hypervisorOf(guest, request)))];
    const found = new Map<string, readonly Proof[]>();
    await new Forks(request.forks).all(hypervisors, async (hypervisor) => {
      const guests = request.guests.filter((guest) => hypervisorOf(guest, request) === hypervisor);
      found.set(hypervisor, await verifyHypervisor({ hypervisor, guests, viewpoint, look }, request));
    });
    return hypervisors.flatMap((hypervisor) => found.get(hypervisor) ?? []);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

interface OneHypervisor {
  readonly hypervisor: string;
  readonly guests: readonly string[];
  readonly viewpoint: Viewpoint;
  readonly look: (name: string) => Promise<Look>;
}

/** A hypervisor out of reach fails each of its guests: whoever asked for proof has none. */
async function verifyHypervisor(
  { hypervisor, guests, viewpoint, look }: OneHypervisor,
  request: VerifyRequest,
): Promise<readonly Proof[]> {
  try {
    const eyes = await look(hypervisor);
    const address = settingsOf(hypervisor, request).host;
    const proving: Proving = { view: await viewHypervisor(eyes), viewpoint, address, look: eyes };
    const proofs = guests.map((guest) => proveGuest(guestToProve(guest, request), proving));
    return (await Promise.all([...proofs, proveClosed(hypervisor, proving)])).flat();
  } catch (error) {
    const message = `its hypervisor cannot be asked: ${error instanceof Error ? error.message : String(error)}`;
    return guests.map((host) => ({ host, about: 'address', status: 'failed', message, ms: 0 }));
  }
}

async function lookAt(name: string, request: VerifyRequest, connections: Connection[]): Promise<Look> {
  const { knownHosts, secrets } = request;
  const connection = await connect(settingsOf(name, request), { knownHosts, secrets });
  connections.push(connection);
  const ssh = sshOf(name, request);
  return connection.remote(ssh.become ? { user: ssh.become_user ?? 'root' } : undefined);
}

function guestToProve(name: string, request: VerifyRequest): GuestToProve {
  const scope = scopeOf(name, request);
  const text = (variable: string): string | undefined =>
    scope.has(variable) ? String(scope.resolve(variable)) : undefined;
  const [ip, mac] = [text('ip'), text('mac')];
  const { host, port, hostKey } = settingsOf(name, request);
  return {
    name,
    ...(ip !== undefined && { ip }),
    ...(mac !== undefined && { mac }),
    ssh: { name, host, port, hostKey },
  };
}

function settingsOf(name: string, request: VerifyRequest) {
  const scope = scopeOf(name, request);
  const hypervisor = scope.has('hypervisor') ? String(scope.resolve('hypervisor')) : undefined;
  const { inventory } = request;
  return connectionSettings(hostNamed(name, inventory), (other) => sshOf(other.name, request), {
    inventory,
    passwords: {},
    ...(hypervisor !== undefined && { hypervisor }),
  });
}

function sshOf(name: string, request: VerifyRequest): SshMap {
  return scopeOf(name, request).resolve('ssh') as SshMap;
}

function hypervisorOf(guest: string, request: VerifyRequest): string {
  return String(scopeOf(guest, request).resolve('hypervisor'));
}

function scopeOf(name: string, { inventory, extra, secrets }: VerifyRequest) {
  const { layers } = hostNamed(name, inventory);
  return createScope({ inventory, host: name, layers, data: {}, extra, secrets });
}

function hostNamed(name: string, { hosts }: Inventory): Host {
  const host = hosts.get(name);
  if (host) return host;
  throw problem('PV5008', `${name} is not in the inventory`, {
    help: didYouMean(name, hosts.keys()) ?? '`provision inventory` shows all hosts',
  });
}
