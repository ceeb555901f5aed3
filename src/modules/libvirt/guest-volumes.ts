import type { Look } from '../../core/plan.ts';
import { virsh } from './virsh.ts';
import { parseXml, textAt } from './xml.ts';

/** What a definition says of a disk. */
export interface DomainDisk {
  readonly file?: string;
  readonly pool?: string;
  readonly volume?: string;
}

/** A disk of a guest that is there. */
export interface GuestVolume {
  readonly path: string;
  /** Left out: no pool knows it. */
  readonly pool?: string;
  /** It lies in the folder of its pool, which has not noticed it: an external snapshot, for one. */
  readonly unnoticed?: true;
  /** Only what another disk of the guest holds the changes of. */
  readonly behind?: true;
  readonly name: string;
  /** Bytes. */
  readonly capacity: number;
  /** Another domain has it, too. */
  readonly shared: boolean;
}

export interface DisksToRead {
  readonly name: string;
  readonly disks: readonly DomainDisk[];
}

/** Disks of all other domains: $1 the one whose they are not. */
const disksOfOthers = `virsh -c qemu:///system list --all --name | while IFS= read -r domain; do
  case $domain in ''|"$1") ;; *) virsh -c qemu:///system domblklist --inactive "$domain" ;; esac
done`;

/** Volumes and files behind disks; one that is gone already is left out. */
export async function readVolumes({ name, disks }: DisksToRead, look: Look): Promise<readonly GuestVolume[]> {
  if (disks.length === 0) return [];
  const [others, ...found] = await Promise.all([
    look.query(['sh', '-c', disksOfOthers, 'sh', name]),
    ...disks.map((disk) => readDisk(disk, look)),
  ]);
  const taken = new Set(others.stdout.split('\n').map((line) => line.trim().split(/\s+/).slice(1).join(' ')));
  return found.flat().map((volume) => ({ ...volume, shared: taken.has(volume.path) || taken.has(volume.name) }));
}

type Found = Omit<GuestVolume, 'shared'>;

/** A disk, and the images behind it. */
async function readDisk(disk: DomainDisk, look: Look): Promise<readonly Found[]> {
  const image = await readImage(disk, look);
  if (!image) return [];
  const { backing, ...front } = image;
  if (backing === undefined) return [front];
  const behind = await readDisk({ file: backing }, look);
  const home = behind.find(({ path }) => folderOf(path) === folderOf(front.path))?.pool;
  const unnoticed = front.pool === undefined && home !== undefined && { pool: home, unnoticed: true as const };
  return [{ ...front, ...unnoticed }, ...behind.map((one) => ({ ...one, behind: true as const }))];
}

type Image = Found & { readonly backing?: string };

async function readImage({ file, pool, volume }: DomainDisk, look: Look): Promise<Image | undefined> {
  const which =
    volume !== undefined && pool !== undefined ? [volume, '--pool', pool] : file === undefined ? [] : [file];
  if (which.length === 0) return undefined;
  const [shown, home, present] = await Promise.all([
    look.query(virsh('vol-dumpxml', ...which), { exits: [0, 1] }),
    pool === undefined ? look.query(virsh('vol-pool', ...which), { exits: [0, 1] }) : undefined,
    file === undefined ? undefined : look.stat(file),
  ]);
  if (file !== undefined && !present) return undefined;
  const known = pool ?? (home?.exit === 0 ? home.stdout.trim() : undefined);
  if (shown.exit === 0 && known !== undefined) return pooledImage(shown.stdout, known);
  if (file === undefined) return undefined;
  return { path: file, name: nameOf(file), capacity: present?.size ?? 0, ...(await unpooledImage(file, look)) };
}

function pooledImage(text: string, pool: string): Image {
  const xml = parseXml(text, 'volume');
  const backing = textAt(xml, 'backingStore/path');
  return {
    path: textAt(xml, 'target/path') ?? '',
    pool,
    name: textAt(xml, 'name') ?? '',
    capacity: Number(textAt(xml, 'capacity')),
    ...(backing !== undefined && { backing }),
  };
}

async function unpooledImage(file: string, look: Look): Promise<Partial<Image>> {
  const argv = ['qemu-img', 'info', '--force-share', '--output=json', file];
  const { exit, stdout } = await look.query(argv, { exits: [0, 1] });
  if (exit !== 0) return {};
  const image = JSON.parse(stdout) as { 'virtual-size': number; 'full-backing-filename'?: string };
  const backing = image['full-backing-filename'];
  return { capacity: image['virtual-size'], ...(backing !== undefined && { backing }) };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
