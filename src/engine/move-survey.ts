import type { Look } from '../core/plan.ts';
import { type GuestRecord, recordOf } from '../modules/libvirt/guest-record.ts';
import { type Reservation, readRemains } from '../modules/libvirt/guest-remains.ts';
import { type MoveMark, moveMarkOf } from '../modules/libvirt/move-mark.ts';
import { infoOf, lookUp, virsh } from '../modules/libvirt/virsh.ts';
import { elementsAt, parseXml, textAt, type Xml } from '../modules/libvirt/xml.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import { type HypervisorView, viewHypervisor } from './hypervisor-view.ts';
import type { KnownGuest } from './known-guests.ts';

/** What a hypervisor is, as far as a guest may depend on it. */
export interface HostTraits {
  readonly libvirt: string;
  /** Model of its processor. */
  readonly processor: string;
  readonly qemu: string;
  /** What its sshd says of sockets: `yes`, `local`, `remote`, `no`; nothing where it does not tell. */
  readonly forwarding: string;
  /** SELinux decides there who may use which socket. */
  readonly confined: boolean;
}

/** A disk of the guest. */
export interface MovingDisk {
  readonly path: string;
  /** Left out: no pool knows it. */
  readonly pool?: string;
  readonly format: string;
  /** Another image that it is built upon. */
  readonly backing?: string;
  /** Bytes that it really takes. */
  readonly used: number;
}

/** A guest on the hypervisor that it is to leave. */
export interface MovingGuest {
  readonly xml: string;
  /** What it runs with; left out where that is not known. */
  readonly running?: string;
  readonly state: string;
  readonly autostart: boolean;
  readonly record?: GuestRecord;
  readonly mark?: MoveMark;
  readonly snapshots: readonly string[];
  readonly disks: readonly MovingDisk[];
  readonly reservations: readonly Reservation[];
  /** By name: the networks of libvirt that it is on. */
  readonly networks: ReadonlyMap<string, string>;
  readonly forwards: readonly Forward[];
  readonly traits: HostTraits;
}

/** `undefined`: there is no such domain. */
export async function surveyGuest({ name, mac, address }: KnownGuest, look: Look): Promise<MovingGuest | undefined> {
  const [kept, whole, running, remains, view, traits] = await Promise.all([
    lookUp(look, 'domain', name),
    look.query(virsh('dumpxml', '--inactive', '--security-info', name), { exits: [0, 1] }),
    look.query(virsh('dumpxml', name), { exits: [0, 1] }),
    readRemains({ name, mac, address }, look),
    viewHypervisor(look),
    traitsOf(look),
  ]);
  if (!kept) return undefined;
  const domain = parseXml(whole.stdout, 'domain');
  const names = networksOf(domain);
  const [disks, networks] = await Promise.all([
    Promise.all(disksOf(domain).map((disk) => surveyDisk(disk, look))),
    Promise.all(names.map((network) => look.query(virsh('net-dumpxml', network), { exits: [0, 1] }))),
  ]);
  const [record, mark] = [recordOf(kept.xml), moveMarkOf(kept.xml)];
  return {
    xml: whole.stdout,
    running: running.stdout,
    state: infoOf(kept.info, 'State') ?? '',
    autostart: infoOf(kept.info, 'Autostart') === 'enable',
    ...(record && { record }),
    ...(mark && { mark }),
    snapshots: remains?.domain?.snapshots ?? [],
    disks: disks.filter((disk) => disk !== undefined),
    reservations: remains?.reservations ?? [],
    networks: new Map(names.map((network, at) => [network, networks[at]?.stdout ?? ''])),
    forwards: view.forwards.filter(({ guest }) => guest === name),
    traits,
  };
}

/** The names of libvirt's networks that a domain is on. */
export function networksOf(domain: Xml): readonly string[] {
  const sources = elementsAt(domain, 'devices/interface/source');
  return [...new Set(sources.flatMap(({ attributes }) => attributes.network ?? []))];
}

export function bridgesOf(domain: Xml): readonly string[] {
  const interfaces = elementsAt(domain, 'devices/interface').filter(({ attributes }) => attributes.type === 'bridge');
  return [...new Set(interfaces.flatMap((item) => textAt(item, 'source/@bridge') ?? []))];
}

export function disksOf(domain: Xml): readonly Xml[] {
  return elementsAt(domain, 'devices/disk').filter(({ attributes }) => (attributes.device ?? 'disk') === 'disk');
}

/** Files of the host that the definition names besides disks: its emulator, media, kernel and initrd, firmware. */
export function filesOf(domain: Xml): readonly string[] {
  const media = elementsAt(domain, 'devices/disk').filter(({ attributes }) => (attributes.device ?? 'disk') !== 'disk');
  const named = ['os/kernel', 'os/initrd', 'os/loader', 'devices/emulator'].flatMap(
    (path) => textAt(domain, path) || [],
  );
  return [...named, ...media.flatMap((item) => textAt(item, 'source/@file') ?? [])];
}

async function surveyDisk(disk: Xml, look: Look): Promise<MovingDisk | undefined> {
  const { file, pool, volume } = elementsAt(disk, 'source')[0]?.attributes ?? {};
  const path =
    file ?? (pool && volume ? (await look.query(virsh('vol-path', volume, '--pool', pool))).stdout.trim() : '');
  if (path === '') return undefined;
  const [home, info] = await Promise.all([
    look.query(virsh('vol-pool', path), { exits: [0, 1] }),
    look.query(['qemu-img', 'info', '--force-share', '--output=json', path], { exits: [0, 1] }),
  ]);
  if (info.exit !== 0) return undefined;
  const image = JSON.parse(info.stdout) as Record<string, unknown>;
  const [known, backing] = [home.exit === 0 ? home.stdout.trim() : '', image['backing-filename']];
  return {
    path,
    ...(known !== '' && { pool: known }),
    format: String(image.format),
    ...(typeof backing === 'string' && { backing }),
    used: Number(image['actual-size']),
  };
}

async function traitsOf(look: Look): Promise<HostTraits> {
  const { stdout } = await look.query(['sh', '-c', tellTraits]);
  const told = new Map(
    stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const of = (name: string): string => told.get(name) ?? '';
  return {
    libvirt: of('libvirt'),
    processor: of('processor'),
    qemu: of('qemu'),
    forwarding: of('disableforwarding') === 'yes' ? 'no' : of('allowstreamlocalforwarding'),
    confined: of('selinux') === '1',
  };
}

/** sshd tells what it makes of its configuration, to root. */
const tellTraits = `echo "libvirt=$(virsh --version)"
echo "processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
virsh -c qemu:///system version | sed -n 's/^Running hypervisor: QEMU /qemu=/p'
sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -T -C user=root,host=localhost,addr=127.0.0.1 2>/dev/null |
  sed -n 's/^\\(allowstreamlocalforwarding\\|disableforwarding\\) /\\1=/p'
[ ! -r /sys/fs/selinux/enforce ] || echo "selinux=$(cat /sys/fs/selinux/enforce)"`;

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
  const asked = [...new Set([...paths(pools), ...filesOf(domain)])];
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
