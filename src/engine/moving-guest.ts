import type { Look } from '../core/plan.ts';
import { type GuestRecord, recordOf } from '../modules/libvirt/guest-record.ts';
import { type Reservation, readRemains } from '../modules/libvirt/guest-remains.ts';
import { type MoveMark, moveMarkOf } from '../modules/libvirt/move-mark.ts';
import { infoOf, lookUp, virsh } from '../modules/libvirt/virsh.ts';
import { elementsAt, parseXml, textAt, type Xml } from '../modules/libvirt/xml.ts';
import type { Forward } from '../modules/port/forward-record.ts';
import { type HostTraits, traitsOf } from './host-traits.ts';
import { viewHypervisor } from './hypervisor-view.ts';
import type { KnownGuest } from './known-guests.ts';

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
  /** The file that holds the variables of its UEFI; left out: there is none. */
  readonly nvram?: string;
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
  const [disks, nvram, networks] = await Promise.all([
    Promise.all(disksOf(domain).map((disk) => surveyDisk(disk, look))),
    surveyNvram(name, [domain, parseXml(running.stdout, 'domain')], look),
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
    ...(nvram !== undefined && { nvram }),
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

/** Files of its host that a guest needs besides disks: its emulator, media, kernel and initrd, firmware. */
export function filesOf({ xml, running }: Pick<MovingGuest, 'xml' | 'running'>): readonly string[] {
  const domain = parseXml(xml, 'domain');
  const media = elementsAt(domain, 'devices/disk').filter(({ attributes }) => (attributes.device ?? 'disk') !== 'disk');
  const named = ['os/kernel', 'os/initrd', 'os/loader', 'devices/emulator'].flatMap(
    (path) => textAt(domain, path) || [],
  );
  // Firmware that libvirt chose is named by what runs.
  const loader = running ? textAt(parseXml(running, 'domain'), 'os/loader') : undefined;
  return [
    ...new Set([...named, ...(loader ? [loader] : []), ...media.flatMap((item) => textAt(item, 'source/@file') ?? [])]),
  ];
}

/**
 * Where libvirt chose the firmware, older ones name its variables only while the guest runs, and find them again by their
 * name.
 */
async function surveyNvram(name: string, definitions: readonly Xml[], look: Look): Promise<string | undefined> {
  const named = definitions.map((domain) => textAt(domain, 'os/nvram')).find((path) => path);
  const chosen = definitions.some((domain) => textAt(domain, 'os/@firmware') === 'efi');
  const own = ['fd', 'qcow2'].map((form) => `/var/lib/libvirt/qemu/nvram/${name}_VARS.${form}`);
  const paths = named ? [named] : chosen ? own : [];
  const stats = await Promise.all(paths.map((path) => look.stat(path)));
  return paths.find((_, at) => stats[at]);
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
