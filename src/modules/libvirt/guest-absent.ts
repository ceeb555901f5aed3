import { problem } from '../../core/diagnostic.ts';
import { args, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { type GuestRemains, readRemains } from './guest-remains.ts';
import { removalSteps } from './guest-removal.ts';

const schema = args({
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'name of the guest and of its domain' }),
  mac: Type.Optional(
    Type.String({
      pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$',
      description: 'its MAC address, by which a reservation is found that outlived its domain',
    }),
  ),
  address: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$',
      description: 'its address, by which a seed is found that outlived its domain',
    }),
  ),
  keep_disks: Type.Boolean({ default: false, description: 'leave its volumes where they are' }),
});

export const libvirtGuestAbsent = defineModule<typeof schema, GuestRemains>({
  name: 'libvirt.guest_absent',
  description:
    'Takes a guest away that provision made: its machine, the volumes made for it, snapshots, NVRAM, seed, and the ' +
    'reservation of its address. Asks first; a domain of others is refused.',
  args: schema,
  examples: ['name: everest', 'name: everest\nmac: 02:33:33:33:33:33\naddress: 192.168.101.100\nkeep_disks: true'],
  lasting: 'what was taken away is gone',
  read: (wanted, look) => readRemains(wanted, look),
  plan({ name, keep_disks }, current) {
    if (!current) return [];
    if (current.domain && !current.domain.record) {
      throw problem('PV5306', `there is a domain ${name} that provision did not make`, {
        argument: ['name'],
        help: 'what others made only they take away: virsh undefine',
      });
    }
    return removalSteps(name, current, keep_disks);
  },
});
