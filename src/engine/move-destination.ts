import type { Look } from '../core/plan.ts';
import { type MoveMark, moveMarkOf } from '../modules/libvirt/move-mark.ts';
import { infoOf, lookUp, virsh } from '../modules/libvirt/virsh.ts';
import { parseXml, textAt, type Xml } from '../modules/libvirt/xml.ts';
import { type HostTraits, traitsOf } from './host-traits.ts';
import { type HypervisorView, viewHypervisor } from './hypervisor-view.ts';
import type { KnownGuest } from './known-guests.ts';
import { filesOf, type MovingGuest, networksOf } from './moving-guest.ts';

/** A hypervisor that a guest may move to, as far as it matters to that guest. */
export interface Destination {
  /** A domain of this name, or one with its uuid. */
  readonly domain?: { readonly name: string; readonly state: string; readonly mark?: MoveMark };
  readonly traits: HostTraits;
  /** What `virsh domcapabilities` says of its type and machine; left out: it has none such. */
  readonly capabilities?: string;
  /** What it says of its type on any machine; left out: not that either. */
  readonly type?: string;
  readonly networks: ReadonlyMap<string, string>;
  readonly bridges: readonly string[];
  /** Active ones, with what is free in them. */
  readonly pools: ReadonlyMap<string, { readonly path: string; readonly free: number }>;
  /** Of the paths asked for, those that are there, and what they take. */
  readonly present: ReadonlyMap<string, number>;
  /** Bytes of memory that the host has. */
  readonly memory: number;
  readonly view: HypervisorView;
}

export interface Question {
  readonly guest: KnownGuest;
  readonly source: MovingGuest;
  /** Where its files would be. */
  readonly paths: (pools: Destination['pools']) => readonly string[];
}

export async function surveyDestination({ guest, source, paths }: Question, look: Look): Promise<Destination> {
  const domain = parseXml(source.xml, 'domain');
  const type = virsh('domcapabilities', '--virttype', domain.attributes.type ?? 'kvm', '--arch', archOf(domain));
  const [own, ofType, ofMachine, bridges, memory, traits, view, networks, pools] = await Promise.all([
    surveyDomain(guest.name, textAt(domain, 'uuid') ?? '', look),
    look.query(type, { exits: [0, 1] }),
    look.query([...type, '--machine', textAt(domain, 'os/type/@machine') ?? 'pc'], { exits: [0, 1] }),
    look.query(['sh', '-c', 'ls -d /sys/class/net/*/bridge 2>/dev/null; true']),
    look.query(['sed', '-n', 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p', '/proc/meminfo']),
    traitsOf(look),
    viewHypervisor(look),
    surveyNetworks(networksOf(domain), look),
    surveyPools([...new Set(source.disks.flatMap(({ pool }) => pool ?? []))], look),
  ]);
  const asked = [...new Set([...paths(pools), ...filesOf(source)])];
  const stats = await Promise.all(asked.map((path) => look.stat(path)));
  return {
    ...(own && { domain: own }),
    traits,
    ...(ofMachine.exit === 0 && { capabilities: ofMachine.stdout }),
    ...(ofType.exit === 0 && { type: ofType.stdout }),
    networks,
    bridges: bridges.stdout.split('\n').map((path) => path.split('/').at(-2) ?? ''),
    pools,
    present: new Map(asked.flatMap((path, at) => (stats[at] ? [[path, stats[at].size] as const] : []))),
    memory: Number(memory.stdout) * 1024,
    view,
  };
}

function archOf(domain: Xml): string {
  return textAt(domain, 'os/type/@arch') ?? 'x86_64';
}

async function surveyDomain(name: string, uuid: string, look: Look): Promise<Destination['domain']> {
  const [own, same] = await Promise.all([
    lookUp(look, 'domain', name),
    look.query(virsh('domname', uuid), { exits: [0, 1] }),
  ]);
  if (!own) return same.exit === 0 && same.stdout.trim() !== '' ? { name: same.stdout.trim(), state: '' } : undefined;
  const mark = moveMarkOf(own.xml);
  return { name, state: infoOf(own.info, 'State') ?? '', ...(mark && { mark }) };
}

async function surveyNetworks(names: readonly string[], look: Look): Promise<ReadonlyMap<string, string>> {
  const [active, ...shown] = await Promise.all([
    look.query(virsh('net-list', '--name')),
    ...names.map((name) => look.query(virsh('net-dumpxml', name), { exits: [0, 1] })),
  ]);
  const running = active.stdout.split('\n').map((line) => line.trim());
  return new Map(
    names.flatMap((name, at) => (running.includes(name) ? [[name, shown[at]?.stdout ?? ''] as const] : [])),
  );
}

async function surveyPools(names: readonly string[], look: Look): Promise<Destination['pools']> {
  const [active, ...shown] = await Promise.all([
    look.query(virsh('pool-list', '--name')),
    ...names.map((name) => look.query(virsh('pool-dumpxml', name), { exits: [0, 1] })),
  ]);
  const running = active.stdout.split('\n').map((line) => line.trim());
  const paths = names.map((name, at) => {
    const xml = shown[at];
    return running.includes(name) && xml?.exit === 0 ? textAt(parseXml(xml.stdout, 'pool'), 'target/path') : undefined;
  });
  // The file system itself: a pool tells what it knew when it was last looked at.
  const free = await Promise.all(
    paths.map((path) => (path ? look.query(['df', '--output=avail', '-B1', path], { exits: [0, 1] }) : undefined)),
  );
  return new Map(
    names.flatMap((name, at) => {
      const path = paths[at];
      return path ? [[name, { path, free: Number(free[at]?.stdout.split('\n')[1] ?? 0) }] as const] : [];
    }),
  );
}
