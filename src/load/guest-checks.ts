import { isIP } from 'node:net';
import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Host } from './inventory.ts';
import { sshSettingsOf } from './ssh-settings.ts';
import { findVariable, type VariableLayer } from './variables.ts';

/** Whether a host is somebody's guest. */
export function isGuest(layers: readonly VariableLayer[]): boolean {
  return findVariable(layers, 'hypervisor') !== undefined;
}

/** What would only come out when a guest does not answer, or answers for another. */
export function checkGuests(hosts: ReadonlyMap<string, Host>, problems: Problems): void {
  const seen = new Map<string, Twin>();
  for (const host of hosts.values()) {
    if (!isGuest(host.layers)) continue;
    const hypervisor = readHypervisor(host, hosts, problems);
    const shared = [checkMac(host, problems), checkAddress(host, problems)];
    if (!hypervisor) continue;
    shared.push(forwardedPort(host, hypervisor, problems));
    for (const item of shared) if (item) remember(item, { host, hypervisor, seen, problems });
  }
}

interface Twin {
  readonly host: Host;
  readonly at: Span;
  told: number;
}

interface Owner {
  readonly host: Host;
  readonly hypervisor: Host;
  readonly seen: Map<string, Twin>;
  readonly problems: Problems;
}

function remember({ what, value, at }: Shared, { host, hypervisor, seen, problems }: Owner): void {
  const key = `${hypervisor.name} ${what} ${value}`;
  const twin = seen.get(key);
  if (!twin) {
    seen.set(key, { host, at, told: 0 });
    return;
  }
  // One value in a group's `vars` may be shared by a thousand guests.
  if (twin.told++ >= 3) return;
  const message = `${host.name} and ${twin.host.name} on ${hypervisor.name} both have the ${what} ${value}`;
  const isSamePlace = twin.at.source === at.source && twin.at.start === at.start;
  const related = [{ at: twin.at, message: `that of ${twin.host.name}` }];
  problems.add('PV2014', message, { at, ...(!isSamePlace && { related }), help: 'give each guest its own' });
}

interface Shared {
  readonly what: string;
  readonly value: string;
  readonly at: Span;
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
    name === host.name
      ? `${host.name} cannot be its own hypervisor`
      : `the hypervisor of ${host.name} must be a host of this inventory, and \`${String(name)}\` is none`;
  problems.add('PV2010', message, { at, ...(label && { label }), help: 'name a host, or add it to a group' });
  return undefined;
}

function checkMac(host: Host, problems: Problems): Shared | undefined {
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
  return { what: 'MAC', value, at };
}

function checkAddress(host: Host, problems: Problems): Shared | undefined {
  const found = findVariable(host.layers, 'ip');
  if (!found) {
    const help = `give it a free address of its network: ip: 192.168.101.100`;
    problems.add('PV2011', `the guest ${host.name} has no \`ip\``, { at: host.at, help });
    return undefined;
  }
  if (isTemplate(found.value)) return undefined;
  const at = found.at ?? host.at;
  const value = String(found.value);
  if (isIP(value) !== 0) return { what: 'address', value: value.toLowerCase(), at };
  const help = value.includes('/') ? 'leave out what follows the slash' : 'four numbers from 0 to 255 with dots';
  problems.add('PV2012', `\`${value}\` is not an IP address`, { at, help });
  return undefined;
}

/** The port at the hypervisor that leads to the guest; none when the guest has an address of its own. */
function forwardedPort(host: Host, hypervisor: Host, problems: Problems): Shared | undefined {
  const { port } = host.ssh;
  if (host.ssh.host !== undefined || typeof port !== 'number') return undefined;
  const at = placeOfPort(host) ?? host.at;
  const own = hypervisor.ssh.connection === 'local' ? undefined : (hypervisor.ssh.port ?? 22);
  if (port !== own) return { what: 'forwarded port', value: String(port), at };
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

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('<%');
}
