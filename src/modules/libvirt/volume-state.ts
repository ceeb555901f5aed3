import { problem } from '../../core/diagnostic.ts';
import type { Look, Step } from '../../core/plan.ts';
import { describeBytes } from './capacity.ts';
import { feedVirsh, runVirsh, virsh } from './virsh.ts';
import { formatXml, parseXml, textAt, type Xml } from './xml.ts';

export type VolumeFormat = 'qcow2' | 'raw';

/** What a task wants of a volume; the capacity in bytes. */
export interface WantedVolume {
  readonly pool: string;
  readonly name: string;
  readonly capacity: number;
  readonly format: VolumeFormat;
}

/** What is there of it. */
export interface VolumeState {
  readonly path: string;
  /** Bytes. */
  readonly capacity: number;
  readonly format: string;
  /** The pool has noticed the file. */
  readonly listed: boolean;
  /** The image that holds what this one does not. */
  readonly backing?: string;
}

/** qemu rounds a capacity up to whole sectors. */
const sector = 512;

/** A volume of a folder pool. That it is absent is proved on the file system: pools notice files late. */
export async function readVolume(look: Look, pool: string, name: string): Promise<VolumeState | undefined> {
  const shown = await look.query(virsh('vol-dumpxml', name, '--pool', pool), { exits: [0, 1] });
  if (shown.exit === 0) {
    const volume = parseXml(shown.stdout, 'volume');
    const backing = textAt(volume, 'backingStore/path');
    return {
      path: textAt(volume, 'target/path') ?? '',
      capacity: Number(textAt(volume, 'capacity')),
      format: textAt(volume, 'target/format/@type') ?? 'raw',
      listed: true,
      ...(backing !== undefined && { backing }),
    };
  }
  const kept = await look.query(virsh('pool-dumpxml', pool));
  const path = `${textAt(parseXml(kept.stdout, 'pool'), 'target/path')}/${name}`;
  return (await look.stat(path)) ? readImage(look, path) : undefined;
}

async function readImage(look: Look, path: string): Promise<VolumeState> {
  const { stdout } = await look.query(['qemu-img', 'info', '--force-share', '--output=json', path]);
  const image = JSON.parse(stdout) as { 'virtual-size': number; format: string; 'full-backing-filename'?: string };
  const backing = image['full-backing-filename'];
  return {
    ...{ path, capacity: image['virtual-size'], format: image.format, listed: false },
    ...(backing !== undefined && { backing }),
  };
}

interface Extent {
  readonly data: boolean;
  readonly zero: boolean;
  /** 0: in the image itself; 1: in the one behind it. */
  readonly depth: number;
}

/** A volume as its file really is. */
export interface Inspected {
  readonly volume: VolumeState;
  readonly holdsData: boolean;
}

/**
 * Judged by what its image maps, not by its size: an empty image has a size too. What it only shows of the image it was
 * made of (`madeOf`) is not its own.
 */
export async function inspect(look: Look, volume: VolumeState, madeOf?: string): Promise<Inspected> {
  const { exit, stdout } = await look.query(mapOf(volume), { exits: [0, 1] });
  if (exit === 0) return { volume, holdsData: hasOwn(stdout, volume, madeOf) };
  // The pool knows it as it was before another file came into its place.
  const image = await readImage(look, volume.path);
  const mapped = await look.query(mapOf(image));
  return { volume: image, holdsData: hasOwn(mapped.stdout, image, madeOf) };
}

function mapOf({ path, format }: VolumeState): readonly string[] {
  return ['qemu-img', 'map', '--force-share', '--output=json', '-f', format, path];
}

function hasOwn(map: string, { backing }: VolumeState, madeOf: string | undefined): boolean {
  const own = ({ depth }: Extent): boolean => depth === 0 || backing === undefined || backing !== madeOf;
  return (JSON.parse(map) as readonly Extent[]).some((extent) => extent.data && !extent.zero && own(extent));
}

export function describeVolume({ pool, name }: Pick<WantedVolume, 'pool' | 'name'>): string {
  return `${pool}/${name}`;
}

/** `backing`: a qcow2 image that holds what is not written to the volume itself. */
export function createVolume(wanted: WantedVolume, backing?: string): Step {
  const compat = wanted.format === 'qcow2' ? '<compat>1.1</compat>' : '';
  const behind = backing === undefined ? '' : formatXml(volumeBehind(backing));
  const xml =
    `<volume><name>${wanted.name}</name><capacity unit="bytes">${wanted.capacity}</capacity>` +
    `<target><format type="${wanted.format}"/>${compat}</target>${behind}</volume>`;
  const size = `${describeBytes(wanted.capacity)}, ${wanted.format}`;
  return {
    title: `create volume ${describeVolume(wanted)} (${size}${backing === undefined ? '' : `, over ${backing}`})`,
    effect: feedVirsh(xml, 'vol-create', wanted.pool, '/dev/stdin'),
  };
}

function volumeBehind(path: string): Xml {
  const leaf = (name: string, attributes: Xml['attributes'], text: string): Xml => ({
    name,
    attributes,
    text,
    children: [],
  });
  const children = [leaf('path', {}, path), leaf('format', { type: 'qcow2' }, '')];
  return { name: 'backingStore', attributes: {}, text: '', children };
}

/** Brings a volume that is there to what is wanted, where that loses nothing. */
export function adjustVolume(wanted: WantedVolume, current: VolumeState, resize = growVolume): readonly Step[] {
  if (current.format !== wanted.format) {
    throw problem('PV5304', `volume ${describeVolume(wanted)} is ${current.format}, not ${wanted.format}`, {
      help: 'say its format, or choose another name; a volume is never converted',
    });
  }
  const target = Math.ceil(wanted.capacity / sector) * sector;
  if (target < current.capacity) {
    throw problem(
      'PV5303',
      `${describeBytes(wanted.capacity)} make a disk too small for what is on it: ` +
        `volume ${describeVolume(wanted)} has ${describeBytes(current.capacity)}`,
      { help: 'disks only ever grow; say its capacity as it is, or larger' },
    );
  }
  const notice = current.listed ? [] : [noticeStep(wanted)];
  return target === current.capacity ? notice : [...notice, resize(wanted, current)];
}

export function noticeStep({ pool }: Pick<WantedVolume, 'pool'>): Step {
  return { title: `let pool ${pool} notice its files`, effect: runVirsh('pool-refresh', pool) };
}

function growVolume(wanted: WantedVolume, current: VolumeState): Step {
  return {
    title: growTitle(wanted, current),
    effect: runVirsh('vol-resize', wanted.name, String(wanted.capacity), '--pool', wanted.pool),
  };
}

export function growTitle(wanted: WantedVolume, current: VolumeState): string {
  const [before, after] = [current.capacity, wanted.capacity].map(describeBytes);
  return `grow volume ${describeVolume(wanted)} from ${before} to ${after}`;
}
