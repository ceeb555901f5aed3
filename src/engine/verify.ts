import { ProvisionError, problem } from '../core/diagnostic.ts';
import type { Finding } from '../core/finding.ts';
import type { Look } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Host, Inventory } from '../load/inventory.ts';
import type { VariableLayer } from '../load/variables.ts';
import { type Connection, connect } from '../transport/connect.ts';
import type { KnownHosts } from '../transport/known-hosts.ts';
import { connectionSettings, type SshMap } from './connection-settings.ts';
import { type DhcpView, viewDhcpServer } from './dhcp-view.ts';
import { viewHypervisor } from './hypervisor-view.ts';
import { Forks } from './schedule.ts';
import { createScope } from './scope.ts';
import { verifyClosed } from './verify-closed.ts';
import { type GuestToVerify, type Verifying, verifyGuest } from './verify-guest.ts';
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
export async function verify(request: VerifyRequest): Promise<readonly Finding[]> {
  const connections = new Map<string, Promise<Connection>>();
  const look: LookAt = (name) => lookAt(name, request, connections);
  try {
    const viewpoint = await viewpointOf(request, look);
    const servers = await viewServers(request, look);
    const firewalls = request.inventory.groups.get('firewalls')?.hosts ?? [];
    const hypervisors = [...new Set([...request.guests.map((guest) => hypervisorOf(guest, request)), ...firewalls])];
    const found = new Map<string, readonly Finding[]>();
    await new Forks(request.forks).all(hypervisors, async (hypervisor) => {
      const guests = request.guests.filter((guest) => hypervisorOf(guest, request) === hypervisor);
      const whole = { hypervisor, guests, viewpoint, look, servers: servers.views };
      found.set(hypervisor, await verifyHypervisor(whole, request));
    });
    return [...servers.failures, ...hypervisors.flatMap((hypervisor) => found.get(hypervisor) ?? [])];
  } catch (error) {
    // Without a place to look from nothing is proved.
    if (!(error instanceof ProvisionError)) throw error;
    return request.guests.map((guest) => unverified(guest, 'ssh', error));
  } finally {
    await Promise.allSettled([...connections.values()].map(async (connection) => (await connection).close()));
  }
}

type LookAt = (name: string) => Promise<Look>;

async function viewpointOf({ from, knownHosts }: VerifyRequest, look: LookAt): Promise<Viewpoint> {
  return from === undefined ? fromHere(knownHosts) : fromHost(from, await look(from), knownHosts);
}

interface OneHypervisor {
  readonly hypervisor: string;
  readonly guests: readonly string[];
  readonly viewpoint: Viewpoint;
  readonly look: LookAt;
  /** DHCP servers that are no part of a hypervisor. */
  readonly servers: readonly DhcpView[];
}

/** A hypervisor out of reach fails each of its guests: whoever asked for proof has none. A firewall may have no guests. */
async function verifyHypervisor(
  { hypervisor, guests, viewpoint, look, servers }: OneHypervisor,
  request: VerifyRequest,
): Promise<readonly Finding[]> {
  try {
    const eyes = await look(hypervisor);
    const own = await viewHypervisor(eyes);
    const views = [...servers, own];
    const view = {
      ...own,
      reserved: new Map(views.flatMap(({ reserved }) => [...reserved])),
      leased: new Map(views.flatMap(({ leased }) => [...leased])),
    };
    const address = settingsOf(hypervisor, request).host;
    const verifying: Verifying = { view, viewpoint, address, look: eyes };
    const findings = guests.map((guest) => verifyGuest(guestToVerify(guest, request), verifying));
    return (await Promise.all([...findings, verifyClosed(hypervisor, verifying)])).flat();
  } catch (error) {
    if (guests.length === 0) return [unverified(hypervisor, 'closed', error)];
    return guests.map((guest) => unverified(guest, 'address', error));
  }
}

function unverified(host: string, about: Finding['about'], error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return { host, about, status: 'failed', message, ms: 0 };
}

/** Every host of the group `dhcp_servers`, whichever server it runs. */
async function viewServers({ inventory }: VerifyRequest, look: LookAt) {
  const views: DhcpView[] = [];
  const failures: Finding[] = [];
  const hosts = inventory.groups.get('dhcp_servers')?.hosts ?? [];
  await Promise.all(
    hosts.map(async (name) => {
      try {
        views.push(await viewDhcpServer(await look(name)));
      } catch (error) {
        failures.push(unverified(name, 'lease', error));
      }
    }),
  );
  return { views, failures };
}

async function lookAt(
  name: string,
  request: VerifyRequest,
  connections: Map<string, Promise<Connection>>,
): Promise<Look> {
  const { knownHosts, secrets } = request;
  const connection = connections.get(name) ?? connect(settingsOf(name, request), { knownHosts, secrets });
  connections.set(name, connection);
  const ssh = sshOf(name, request);
  return (await connection).remote(ssh.become ? { user: ssh.become_user ?? 'root' } : undefined);
}

function guestToVerify(name: string, request: VerifyRequest): GuestToVerify {
  const scope = scopeOf(name, request);
  const text = (variable: string): string | undefined =>
    scope.has(variable) ? String(scope.resolve(variable)) : undefined;
  const [ip, mac, publicIp] = [text('ip'), text('mac'), text('public_ip')];
  const { host, port, hostKey, jump } = settingsOf(name, request);
  return {
    name,
    ...(ip !== undefined && { ip }),
    ...(mac !== undefined && { mac }),
    ...(publicIp !== undefined && { publicIp }),
    ssh: { name, host, port, hostKey },
    ...(jump !== undefined && { jump }),
  };
}

function settingsOf(name: string, request: VerifyRequest) {
  const { inventory } = request;
  return connectionSettings(hostNamed(name, inventory), (other) => sshOf(other.name, request), {
    inventory,
    passwords: {},
    scope: scopeOf(name, request),
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
