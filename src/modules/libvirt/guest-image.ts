import { problem } from '../../core/diagnostic.ts';
import type { Look, Step } from '../../core/plan.ts';
import { describeBytes } from './capacity.ts';
import { createVolume, describeVolume, type VolumeState, type WantedVolume } from './volume-state.ts';

export type ImageUse = 'copy' | 'backing';

/** A system that is ready to be started, of which guests are made. */
export interface GuestImage {
  readonly path: string;
  readonly as: ImageUse;
}

/** What there is of an image: its bytes as the guest sees them, or why it is none. */
export type ImageState = { readonly capacity: number } | 'missing' | 'not qcow2';

export async function readGuestImage(look: Look, { path }: GuestImage): Promise<ImageState> {
  if (!(await look.stat(path))) return 'missing';
  // Its form is said, never guessed: a guess could be led to read other files of the host.
  const argv = ['qemu-img', 'info', '--force-share', '--output=json', '-f', 'qcow2', path];
  const { exit, stdout } = await look.query(argv, { exits: [0, 1] });
  if (exit !== 0) return 'not qcow2';
  return { capacity: (JSON.parse(stdout) as { 'virtual-size': number })['virtual-size'] };
}

/** Refuses an image that the volume cannot be made of, before anything is made. */
export function checkImage({ path }: GuestImage, state: ImageState, { capacity }: WantedVolume): void {
  if (state === 'missing' || state === 'not qcow2') {
    throw problem('PV5314', state === 'missing' ? `there is no image ${path}` : `${path} is no image in form qcow2`, {
      argument: ['disk', 'image'],
      help: 'fetch it by a task before this one (http.download, with a checksum)',
    });
  }
  if (state.capacity <= capacity) return;
  throw problem('PV5314', `${path} holds a disk of ${describeBytes(state.capacity)}, which is more than is wanted`, {
    argument: ['disk', 'capacity'],
    help: `a disk never shrinks: say ${describeBytes(state.capacity)} or more`,
  });
}

/** A volume that is there and holds nothing of its own: what makes it one of this image. */
export function fillFromImage(
  wanted: WantedVolume,
  image: GuestImage,
  current: VolumeState,
): readonly Step[] | undefined {
  if (image.as === 'copy') return current.backing === undefined ? [copyImage(wanted, image)] : undefined;
  return current.backing === image.path ? [] : undefined;
}

export function createFromImage(wanted: WantedVolume, image: GuestImage): readonly Step[] {
  if (image.as === 'backing') return [createVolume(wanted, image.path)];
  return [createVolume(wanted), copyImage(wanted, image)];
}

function copyImage(wanted: WantedVolume, { path }: GuestImage): Step {
  const { pool, name, format } = wanted;
  return {
    title: `copy image ${path} to volume ${describeVolume(wanted)}`,
    effect: { kind: 'run', lasting: true, argv: ['sh', '-c', convert, 'sh', path, pool, name, format] },
  };
}

/** $1 image, $2 pool, $3 volume, $4 its form. The volume keeps its size, and what is empty in the image stays empty. */
const convert = `path=$(virsh -c qemu:///system vol-path --pool "$2" "$3") &&
  qemu-img convert -n --target-is-zero -f qcow2 -O "$4" "$1" "$path"`;
