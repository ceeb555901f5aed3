import { problem } from '../../core/diagnostic.ts';
import type { Look, Step } from '../../core/plan.ts';
import { hostPath, type Infer, oneOf, Type } from '../../schema/schema.ts';
import { describeBytes } from './capacity.ts';
import { virsh } from './virsh.ts';
import { describeVolume, noticeStep, type VolumeFormat, type WantedVolume } from './volume-state.ts';
import { parseXml, textAt } from './xml.ts';

/** The argument that names what a volume is made of. */
export const volumeSource = Type.Object(
  {
    path: Type.Optional(hostPath('an image on the host, in any folder')),
    pool: Type.Optional(Type.String({ minLength: 1, description: 'or the pool of a volume' })),
    volume: Type.Optional(Type.String({ pattern: '^[^/\\s<>&"]+$', description: 'and its name' })),
    format: oneOf<VolumeFormat>(['qcow2', 'raw'], {
      default: 'qcow2',
      description: 'form of the image; never guessed',
    }),
    checksum: Type.Optional(
      Type.String({ pattern: '^sha256:[0-9a-f]{64}$', description: 'what its bytes must come to: `sha256:…`' }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'make it a copy of an image or of another volume, when it is missing; what is empty there takes no room here',
  },
);

export type VolumeSource = Infer<typeof volumeSource>;

/** What a copy needs to know beforehand. */
export interface SourceState {
  readonly path: string;
  /** Folder of the pool that the copy goes to. */
  readonly folder: string;
  /** Bytes; left out while the image cannot be read, as when a task before this one is still to fetch it. */
  readonly capacity?: number;
}

export async function readSource(
  look: Look,
  wanted: { readonly pool: string },
  source: VolumeSource,
): Promise<SourceState> {
  const [folder, home] = await Promise.all([
    folderOf(look, wanted.pool),
    source.path === undefined ? folderOf(look, source.pool ?? wanted.pool) : '',
  ]);
  const path = source.path ?? `${home}/${source.volume}`;
  const argv = ['qemu-img', 'info', '--force-share', '--output=json', '-f', source.format, path];
  const { exit, stdout } = await look.query(argv, { exits: [0, 1] });
  if (exit !== 0) return { path, folder };
  return { path, folder, capacity: (JSON.parse(stdout) as { 'virtual-size': number })['virtual-size'] };
}

async function folderOf(look: Look, pool: string): Promise<string> {
  const { stdout } = await look.query(virsh('pool-dumpxml', pool));
  return textAt(parseXml(stdout, 'pool'), 'target/path') ?? '';
}

/** A copy is whole before it has its name, so that a volume of this name is never half of one. */
export function copySteps(wanted: WantedVolume, source: VolumeSource, state: SourceState): readonly Step[] {
  const { path, folder, capacity } = state;
  if (capacity !== undefined && capacity > wanted.capacity) {
    throw problem(
      'PV5303',
      `${path} holds a disk of ${describeBytes(capacity)}, more than the ${describeBytes(wanted.capacity)} wanted`,
      {
        argument: ['capacity'],
        help: `disks only ever grow: say ${describeBytes(capacity)} or more`,
      },
    );
  }
  const sum = source.checksum?.replace('sha256:', '') ?? '';
  const words = [path, source.format, folder, wanted.name, wanted.format, String(wanted.capacity), sum];
  return [
    {
      title: `copy ${path} to volume ${describeVolume(wanted)} (${describeBytes(wanted.capacity)}, ${wanted.format})`,
      effect: { kind: 'run', lasting: true, argv: ['sh', '-c', copy, 'sh', ...words] },
    },
    noticeStep(wanted),
  ];
}

/** $1 image, $2 its form, $3 folder, $4 name, $5 form, $6 bytes, $7 SHA-256 or nothing. `ln` replaces nothing. */
const copy = `set -e
if [ -n "$7" ]; then
  sum=$(sha256sum <"$1")
  [ "\${sum%% *}" = "$7" ] || { echo "the SHA-256 of $1 is \${sum%% *}, not $7" >&2; exit 1; }
fi
part=$3/.$4.provision-part
rm -f "$part"
trap 'rm -f "$part"' EXIT
qemu-img convert -f "$2" -O "$5" "$1" "$part"
qemu-img resize -q -f "$5" "$part" "$6"
chmod 0600 "$part"
sync "$part"
ln "$part" "$3/$4"`;
