import { args, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { bytesOf, capacityArgument } from './capacity.ts';
import { adjustVolume, createVolume, readVolume, type VolumeFormat, type VolumeState } from './volume-state.ts';

const schema = args({
  pool: Type.String({ minLength: 1, description: 'the pool it lies in' }),
  name: Type.String({ pattern: '^[^/\\s<>&"]+$', description: 'its file name: `everest.qcow2`' }),
  capacity: capacityArgument(),
  format: oneOf<VolumeFormat>(['qcow2', 'raw'], { default: 'qcow2', description: 'form of the image' }),
});

export const libvirtVolume = defineModule<typeof schema, VolumeState>({
  name: 'libvirt.volume',
  description: 'A disk image in a pool: created empty, grown when a larger one is wanted, never made smaller or wiped.',
  args: schema,
  read: ({ pool, name }, look) => readVolume(look, pool, name),
  plan({ capacity, ...rest }, current) {
    const wanted = { ...rest, capacity: bytesOf(capacity) };
    return current ? adjustVolume(wanted, current) : [createVolume(wanted)];
  },
  result: (_wanted, current) => (current ? { path: current.path } : {}),
  examples: ['{ pool: vms, name: everest.qcow2, capacity: 100G }'],
});
