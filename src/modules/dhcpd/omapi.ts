import type { Remote } from '../../core/plan.ts';
import { type HostDeclaration, readDeclarations, statement } from './declarations.ts';

const allExits: readonly number[] = [...Array(256).keys()];

/** How a running dhcpd can be talked to, as its configuration says. */
export interface Omapi {
  readonly port: string;
  readonly key?: { readonly name: string; readonly algorithm: string; readonly secret: string };
}

export interface HostAddition {
  readonly omapi: Omapi;
  readonly hosts: readonly HostDeclaration[];
}

/** The host declarations by which two configurations differ, if they differ in nothing else and OMAPI can add them. */
export function onlyHostsAdded(before: string, after: string): HostAddition | undefined {
  const [old, wanted] = [readDeclarations(before), readDeclarations(after)];
  const omapi = omapiIn(old.rest);
  if (omapi === undefined || old.rest !== wanted.rest) return undefined;
  const known = new Map(old.hosts.map((host) => [host.name, host]));
  const hosts = wanted.hosts.filter(({ name }) => !known.has(name));
  const kept = wanted.hosts.filter(({ name, body, outermost }) => {
    const host = known.get(name);
    return host?.body === body && host.outermost === outermost;
  });
  const isAddition = kept.length === old.hosts.length && hosts.length > 0 && hosts.every(canBeAdded);
  return isAddition ? { omapi, hosts } : undefined;
}

/** Within a group or a subnet a host gets more than its own statements say; OMAPI takes one address and no blocks. */
function canBeAdded({ body, outermost }: HostDeclaration): boolean {
  const address = statement(body, 'fixed-address');
  const mac = statement(body, 'hardware ethernet');
  return outermost && !body.includes('{') && mac !== undefined && (address === undefined || /^[\d.]+$/.test(address));
}

export function omapiIn(rest: string): Omapi | undefined {
  const port = statement(rest, 'omapi-port');
  if (port === undefined) return undefined;
  const name = statement(rest, 'omapi-key');
  if (name === undefined) return { port };
  const block = [...rest.matchAll(/(?:^|[;}] )key (\S+) \{ ([^}]*)\}/g)].find(([, key]) => key === name)?.[2];
  if (block === undefined) return undefined;
  const algorithm = statement(block, 'algorithm');
  const secret = statement(block, 'secret');
  return algorithm && secret ? { port, key: { name, algorithm, secret } } : undefined;
}

/** Hosts that dhcpd was told of while it ran: it notes them in its leases, and would keep them for good. */
export function hostsToldOf(leases: string): readonly string[] {
  const told = new Map<string, boolean>();
  for (const [, name = '', body = ''] of leases.matchAll(/^host (\S+) \{\n(.*?)^\}/gms)) {
    if (/^ *dynamic;/m.test(body)) told.set(name, !/^ *deleted;/m.test(body));
  }
  return [...told].filter(([, there]) => there).map(([name]) => name);
}

/** Whether dhcpd took all of them; if not, a restart does what could not be done so. */
export function addHosts(remote: Remote, { omapi, hosts }: HostAddition): Promise<boolean> {
  return converse(remote, omapi, hosts.map(additionOf));
}

export function removeHosts(remote: Remote, omapi: Omapi, names: readonly string[]): Promise<boolean> {
  const requests = names.map((name) => ['new host', `set name = ${inQuotes(name)}`, 'open', 'remove']);
  return converse(remote, omapi, requests);
}

function additionOf({ name, body }: HostDeclaration): readonly string[] {
  const mac = statement(body, 'hardware ethernet') ?? '';
  const address = statement(body, 'fixed-address');
  const others = body.replace(/(?<=^|; )(?:hardware ethernet|fixed-address) [^;]*;/g, '').trim();
  return [
    'new host',
    `set name = ${inQuotes(name)}`,
    `set hardware-address = ${mac}`,
    'set hardware-type = 1',
    ...(address === undefined ? [] : [`set ip-address = ${address}`]),
    ...(others === '' ? [] : [`set statements = ${inQuotes(others)}`]),
    'create',
    'close',
  ];
}

function inQuotes(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** One session. omshell ends with 0 whatever happens, so what it writes is read: each thing done leaves no object open. */
async function converse(
  remote: Remote,
  { port, key }: Omapi,
  requests: readonly (readonly string[])[],
): Promise<boolean> {
  const login = key ? [`key-algorithm ${key.algorithm}`, `key ${key.name} ${key.secret}`] : [];
  const lines = ['server 127.0.0.1', `port ${port}`, ...login, 'connect', ...requests.flat()];
  const stdin = `${lines.join('\n')}\n`;
  const { exit, stdout } = await remote.run(['omshell'], { stdin, exits: allExits, timeout: 60 });
  const done = stdout.match(/^(?:> )*obj: <null>$/gm)?.length ?? 0;
  return exit === 0 && done > requests.length && !/^(?:> )*(?:can't|not |no )/m.test(stdout);
}
