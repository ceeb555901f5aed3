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
  return found.flatMap((volume) =>
    volume ? [{ ...volume, shared: taken.has(volume.path) || taken.has(volume.name) }] : [],
  );
}

async function readDisk({ file, pool, volume }: DomainDisk, look: Look) {
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
  if (shown.exit !== 0 || known === undefined) {
    return file === undefined
      ? undefined
      : { path: file, name: file.slice(file.lastIndexOf('/') + 1), capacity: present?.size ?? 0 };
  }
  const xml = parseXml(shown.stdout, 'volume');
  return {
    path: textAt(xml, 'target/path') ?? file ?? '',
    pool: known,
    name: textAt(xml, 'name') ?? '',
    capacity: Number(textAt(xml, 'capacity')),
  };
}
