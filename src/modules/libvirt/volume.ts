import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { bytesOf, capacityArgument } from './capacity.ts';
import { runVirsh } from './virsh.ts';
import { copySteps, readSource, type SourceState, volumeSource } from './volume-source.ts';
import {
  adjustVolume,
  createVolume,
  describeVolume,
  inspect,
  noticeStep,
  readVolume,
  type VolumeFormat,
  type VolumeState,
  type WantedVolume,
} from './volume-state.ts';

const schema = args({
  pool: Type.String({ minLength: 1, description: 'the pool it lies in' }),
  name: Type.String({ pattern: '^[^/\\s<>&"]+$', description: 'its file name: `everest.qcow2`' }),
  capacity: capacityArgument(),
  format: oneOf<VolumeFormat>(['qcow2', 'raw'], { default: 'qcow2', description: 'form of the image' }),
  from: Type.Optional(volumeSource),
});

interface State {
  /** Left out: there is none. */
  readonly volume?: VolumeState;
  /** Too little for an image, and nothing in it: whoever made it was cut off. */
  readonly halfMade?: boolean;
  /** Where it is to be made of something. */
  readonly source?: SourceState;
}

export const libvirtVolume = defineModule<typeof schema, State>({
  name: 'libvirt.volume',
  description:
    'A disk image in a pool: created empty or as a copy, grown when a larger one is wanted, never made smaller or wiped.',
  args: schema,
  lasting: 'a volume is data',
  async read({ pool, name, format, from }, look) {
    const volume = await readVolume(look, pool, name);
    const halfMade = volume !== undefined && mayBeHalfMade(volume, format) && !(await inspect(look, volume)).holdsData;
    const source = from && (!volume || halfMade) ? await readSource(look, { pool }, from) : undefined;
    if (!volume && !source) return undefined;
    return { ...(volume && { volume }), ...(halfMade && { halfMade }), ...(source && { source }) };
  },
  plan({ capacity, from, ...rest }, current) {
    const wanted = { ...rest, capacity: bytesOf(capacity) };
    const { volume, halfMade, source } = current ?? {};
    if (volume && !halfMade) return adjustVolume(wanted, volume);
    if (from && Object.hasOwn(from, 'path') === Object.hasOwn(from, 'volume')) {
      throw problem('PV5304', '`from` names a path, or a volume: one of the two', { argument: ['from'] });
    }
    const made = from && source ? copySteps(wanted, from, source) : [createVolume(wanted)];
    return [...(volume ? removeHalf(wanted, volume) : []), ...made];
  },
  result: (_wanted, current) => (current?.volume ? { path: current.volume.path } : {}),
  examples: [
    '{ pool: vms, name: everest.qcow2, capacity: 100G }',
    `pool: vms
name: everest.qcow2
capacity: 20G
from: { path: /data/iso/debian.qcow2, checksum: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }`,
  ],
});

/** A file without the head of an image passes for a raw one of its own size. */
function mayBeHalfMade({ format, capacity }: VolumeState, wanted: VolumeFormat): boolean {
  return wanted === 'qcow2' && format === 'raw' && capacity < 2 ** 20;
}

function removeHalf(wanted: WantedVolume, { listed }: VolumeState): readonly Step[] {
  const title = `delete what there is of volume ${describeVolume(wanted)}, which was never finished and holds nothing`;
  const effect = runVirsh('vol-delete', wanted.name, '--pool', wanted.pool);
  return [...(listed ? [] : [noticeStep(wanted)]), { title, effect }];
}
