import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { checkAddress, checkPublicAddress, claimHostAddresses, claimInNetwork, type Item } from './address-checks.ts';
import type { AddressPlan } from './address-plan.ts';
import { Claims } from './claims.ts';
import type { Host } from './inventory.ts';
import type { Networks } from './networks.ts';
import { sshSettingsOf } from './ssh-settings.ts';
import { findVariable, isTemplate, rawValue, type VariableLayer } from './variables.ts';

/** Whether a host is somebody's guest. */
export function isGuest(layers: readonly VariableLayer[]): boolean {
  return rawValue(layers, 'hypervisor') !== undefined;
}

export interface GuestChecks {
  readonly plan: AddressPlan;
  readonly networksOf: (layers: readonly VariableLayer[]) => Networks;
  readonly problems: Problems;
}

/** What would only come out when a guest does not answer, or answers for another. */
export function checkGuests(hosts: ReadonlyMap<string, Host>, { plan, networksOf, problems }: GuestChecks): void {
  const claims = new Claims(problems);
  for (const host of hosts.values()) {
    if (!isGuest(host.layers)) claimHostAddresses(host, networksOf(host.layers), claims);
  }
  for (const host of writtenFirst(hosts, plan)) {
    const hypervisor = readHypervisor(host, hosts, problems);
    const planned = plan.guests.get(host.name);
    const mac = checkMac(host, problems);
    const address = checkAddress(host, planned, problems);
    const port = hypervisor && forwardedPort(host, hypervisor, problems);
    for (const item of [mac, address, port]) {
      const free = item && (!hypervisor || claims.add({ ...item, among: ` on ${hypervisor.name}` }));
      if (free && item !== port) claimInNetwork(item, planned?.network, claims);
    }
    checkPublicAddress(host, { networks: networksOf(host.layers), claims, problems });
  }
}

/** So that of a written and a recorded address the recorded one is at fault. */
function writtenFirst(hosts: ReadonlyMap<string, Host>, { guests }: AddressPlan): readonly Host[] {
  const all = [...hosts.values()].filter(({ name }) => guests.has(name));
  const isWritten = ({ name }: Host) => guests.get(name)?.origin === 'written';
  return [...all.filter(isWritten), ...all.filter((host) => !isWritten(host))];
}

/** `undefined` when it is not yet known whose guest it is. */
function readHypervisor(host: Host, hosts: ReadonlyMap<string, Host>, problems: Problems): Host | undefined {
  const found = findVariable(host.layers, 'hypervisor');
  if (!found || isTemplate(found.value)) return undefined;
  const at = found.at ?? host.at;
  const name = found.value;
  if (typeof name === 'string' && name !== host.name && hosts.has(name)) return hosts.get(name);
  const label =
    typeof name === 'string'
      ? didYouMean(
          name,
          [...hosts.keys()].filter((other) => other !== host.name),
        )
      : undefined;
  const message =
    typeof name !== 'string'
      ? `the hypervisor of ${host.name} must be the name of one host`
      : name === host.name
        ? `${host.name} cannot be its own hypervisor`
        : `the hypervisor of ${host.name} must be a host of this inventory, and \`${name}\` is none`;
  problems.add('PV2010', message, { at, ...(label && { label }), help: 'name a host, or add it to a group' });
  return undefined;
}

function checkMac(host: Host, problems: Problems): Item | undefined {
  const found = findVariable(host.layers, 'mac');
  if (!found || isTemplate(found.value)) return undefined;
  const at = found.at ?? host.at;
  const value = String(found.value).toLowerCase();
  const help = 'six pairs of hexadecimal digits with colons, the second digit even: "02:33:33:33:33:33"';
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(value) || value === '00:00:00:00:00:00') {
    problems.add('PV2013', `\`${String(found.value)}\` is not a MAC address`, { at, help });
    return undefined;
  }
  if (Number.parseInt(value.slice(0, 2), 16) % 2 === 1) {
    problems.add('PV2013', `\`${value}\` is a multicast MAC address, which no interface can have`, { at, help });
    return undefined;
  }
  return { what: 'MAC', value, host: host.name, at };
}

/** The port at the hypervisor that leads to the guest; none when the guest has an address of its own. */
function forwardedPort(host: Host, hypervisor: Host, problems: Problems): Item | undefined {
  const { port } = host.ssh;
  if (host.ssh.host !== undefined || typeof port !== 'number') return undefined;
  const at = placeOfPort(host) ?? host.at;
  const own = hypervisor.ssh.connection === 'local' ? undefined : (hypervisor.ssh.port ?? 22);
  if (port !== own) return { what: 'forwarded port', value: String(port), host: host.name, at };
  problems.add('PV2015', `the port ${port} of ${hypervisor.name} is its own SSH server's`, {
    at,
    help: `forwarding it to ${host.name} would lock you out of the hypervisor; choose another: ssh: { port: 10022 }`,
  });
  return undefined;
}

function placeOfPort(host: Host): Span | undefined {
  for (const layer of host.layers.toReversed()) {
    const path = sshSettingsOf(layer).paths.port;
    if (path) return layer.document?.locate([...layer.path, ...path]);
  }
  return undefined;
}
