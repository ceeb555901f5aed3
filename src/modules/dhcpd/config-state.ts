import type { Look, Stat } from '../../core/plan.ts';
import { type Lease, parseIscLeases, parseKeaLeases } from './leases.ts';
import { hostsToldOf } from './omapi.ts';
import { type ServerName, servers } from './servers.ts';

export interface PresentFile {
  readonly stat?: Stat;
  readonly text?: string;
}

/** In systemd's words. A script whose daemon has ended is `exited`. */
interface Unit {
  readonly load: string;
  readonly sub: string;
}

/** States of a unit that keeps nobody from the port, or not for long: one that only starts may have it already. */
const atRest = /^(|dead|failed|exited|condition|stop.*|final.*)$/;

export interface ConfigState {
  readonly config: PresentFile;
  readonly defaults?: PresentFile;
  readonly unit: Unit;
  /** Another server that runs, or is about to, and would have to make room. */
  readonly instead?: string;
  /** Hosts the server was told of while it ran, as its leases have them. */
  readonly toldOf: readonly string[];
  readonly leases?: readonly Lease[];
}

export interface Place {
  readonly name: ServerName;
  readonly path: string;
  readonly service: string;
}

export interface Reading extends Place {
  readonly text: string;
  readonly withDefaults: boolean;
  readonly withLeases: boolean;
}

export async function readConfig({ name, path, service, ...reading }: Reading, look: Look): Promise<ConfigState> {
  const { defaults: defaultsPath } = { defaults: undefined, ...servers[name] };
  const other = servers[name === 'isc' ? 'kea' : 'isc'].service;
  const [config, defaults, unit, leases, otherUnit] = await Promise.all([
    readFile(path, look),
    reading.withDefaults && defaultsPath !== undefined ? readFile(defaultsPath, look) : undefined,
    readUnit(service, look),
    reading.withLeases ? readLeases(name, look) : undefined,
    readUnit(other, look),
  ]);
  const isToldOf = name === 'isc' && config.text !== undefined && config.text !== reading.text;
  const toldOf = isToldOf && config.text?.includes('omapi-port') ? await readToldOf(look) : [];
  return {
    config,
    ...(defaults && { defaults }),
    unit,
    ...(!atRest.test(otherUnit.sub) && { instead: other }),
    toldOf,
    ...(leases && { leases }),
  };
}

async function readFile(path: string, look: Look): Promise<PresentFile> {
  const [stat, text] = await Promise.allSettled([look.stat(path), look.readText(path)]);
  if (stat.status === 'rejected') throw stat.reason;
  if (stat.value?.kind !== 'file') return stat.value ? { stat: stat.value } : {};
  if (text.status === 'rejected') throw text.reason;
  return { stat: stat.value, ...(text.value !== undefined && { text: text.value }) };
}

async function readUnit(service: string, look: Look): Promise<Unit> {
  const { stdout } = await look.query(['systemctl', 'show', '--property=LoadState,SubState', '--', service]);
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
  return { load: value('LoadState'), sub: value('SubState') };
}

/** What a server has given out and is in use; nothing where there is no such server. */
export async function readLeases(name: ServerName, look: Look): Promise<readonly Lease[]> {
  const files = Promise.all(servers[name].leases.map((path) => look.readText(path)));
  const log = name === 'isc' ? readAcknowledgements(look) : undefined;
  const text = (await files).map((file) => file ?? '').join('\n');
  return name === 'isc' ? parseIscLeases(text, (await log) ?? '') : parseKeaLeases(text);
}

/** Exit status 1: the journal has none. */
async function readAcknowledgements(look: Look): Promise<string> {
  const only = ['--identifier=dhcpd', '--grep=^DHCPACK on ', '--boot', '--lines=5000'];
  const { stdout } = await look.query(['journalctl', ...only, '--output=cat', '--quiet', '--no-pager'], {
    exits: [0, 1],
  });
  return stdout;
}

async function readToldOf(look: Look): Promise<readonly string[]> {
  return hostsToldOf((await look.readText(servers.isc.leases[0])) ?? '');
}
