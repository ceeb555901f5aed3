import type { Look } from '../../core/plan.ts';
import { seedRoot } from '../../installer/seed.ts';
import { disksOf, serialLogOf } from './domain-definition.ts';
import { type GuestRecord, recordOf } from './guest-record.ts';
import { type DomainDisk, type GuestVolume, readVolumes } from './guest-volumes.ts';
import { infoOf, lookUp, virsh } from './virsh.ts';
import { elementsAt, parseXml, textAt, type Xml } from './xml.ts';

/** All that a hypervisor still has of a guest. */
export interface GuestRemains {
  readonly domain?: {
    readonly state: string;
    /** Left out: provision did not make it. */
    readonly record?: GuestRecord;
    readonly snapshots: readonly string[];
    /** Files of its installation that are its own. */
    readonly files: readonly string[];
  };
  readonly volumes: readonly GuestVolume[];
  readonly reservations: readonly Reservation[];
  /** Where its seed lies, with the network that it is served on. */
  readonly seeds: readonly { readonly network: string; readonly address: string }[];
}

export interface Reservation {
  readonly network: string;
  /** As the network has it. */
  readonly host: Xml;
  readonly flags: readonly ('--live' | '--config')[];
}

export interface GuestNames {
  readonly name: string;
  readonly mac?: string | undefined;
  readonly address?: string | undefined;
}

/** Two round trips, three where there are disks. */
export async function readRemains({ name, mac, address }: GuestNames, look: Look): Promise<GuestRemains | undefined> {
  const [kept, snapshots, all, active, seedPaths] = await Promise.all([
    lookUp(look, 'domain', name),
    look.query(virsh('snapshot-list', name, '--name'), { exits: [0, 1] }),
    look.query(virsh('net-list', '--all', '--name')),
    look.query(virsh('net-list', '--name')),
    look.query(['sh', '-c', `[ ! -d ${seedRoot} ] || find ${seedRoot} -mindepth 2 -maxdepth 2 -type d`]),
  ]);
  const xml = kept && parseXml(kept.xml, 'domain');
  const record = kept && recordOf(kept.xml);
  const macs = [...(xml ? macsOf(xml) : []), ...(mac === undefined ? [] : [mac.toLowerCase()])];
  const seedDisk = ({ file }: DomainDisk): boolean => file !== undefined && file === record?.seed;
  const disks: readonly DomainDisk[] = xml && record ? disksOf(xml).filter((disk) => !seedDisk(disk)) : [];
  const [volumes, reservations, seed] = await Promise.all([
    readVolumes({ name, disks }, look),
    readReservations({ names: linesOf(all.stdout), active: linesOf(active.stdout), macs }, look),
    record?.seed === undefined ? undefined : look.stat(record.seed),
  ]);
  const addresses = [address, ...reservations.map(({ host }) => host.attributes.ip)];
  const seeds = linesOf(seedPaths.stdout)
    .map((path) => path.split('/').slice(-2))
    .flatMap(([network = '', owner = '']) => (addresses.includes(owner) ? [{ network, address: owner }] : []));
  if (!kept && reservations.length === 0 && seeds.length === 0) return undefined;
  const state = kept ? (infoOf(kept.info, 'State') ?? '') : '';
  const domain = xml && {
    state,
    ...(record && { record }),
    snapshots: linesOf(snapshots.stdout),
    files: [serialLogOf(xml), seed && record?.seed].filter((path) => path !== undefined),
  };
  return { ...(domain && { domain }), volumes, reservations, seeds };
}

function macsOf(domain: Xml): readonly string[] {
  return elementsAt(domain, 'devices/interface').flatMap((item) => textAt(item, 'mac/@address')?.toLowerCase() ?? []);
}

interface NetworksToRead {
  readonly names: readonly string[];
  readonly active: readonly string[];
  readonly macs: readonly string[];
}

async function readReservations({ names, active, macs }: NetworksToRead, look: Look): Promise<readonly Reservation[]> {
  if (macs.length === 0) return [];
  const found = names.map(async (network) => {
    const [config, live] = await Promise.all([
      look.query(virsh('net-dumpxml', '--inactive', network)),
      active.includes(network) ? look.query(virsh('net-dumpxml', network)) : undefined,
    ]);
    const kept = reservedIn(config.stdout, macs);
    const now = live ? reservedIn(live.stdout, macs) : [];
    const only = (hosts: readonly Xml[], others: readonly Xml[]) =>
      hosts.filter((host) => !others.some((other) => sameHost(host, other)));
    const both = now.filter((host) => kept.some((other) => sameHost(host, other)));
    return [
      ...both.map((host): Reservation => ({ network, host, flags: ['--live', '--config'] })),
      ...only(now, kept).map((host): Reservation => ({ network, host, flags: ['--live'] })),
      ...only(kept, now).map((host): Reservation => ({ network, host, flags: ['--config'] })),
    ];
  });
  return (await Promise.all(found)).flat();
}

function reservedIn(xml: string, macs: readonly string[]): readonly Xml[] {
  const hosts = elementsAt(parseXml(xml, 'network'), 'ip/dhcp/host');
  return hosts.filter(({ attributes }) => macs.includes(attributes.mac?.toLowerCase() ?? ''));
}

function sameHost(one: Xml, other: Xml): boolean {
  return (['mac', 'ip', 'name'] as const).every((key) => one.attributes[key] === other.attributes[key]);
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
