import { args, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { packagePattern, wantedOf } from './package-name.ts';
import { readPackages } from './package-state.ts';
import { planAbsent, planPresent } from './package-steps.ts';

export const aptPackage = defineModule({
  name: 'apt.package',
  description: 'Debian packages present, absent, or in the newest version that the host knows of.',
  args: args({
    packages: Type.Array(Type.String({ pattern: packagePattern }), {
      description: 'names, each maybe with an architecture and a version: [qemu-utils, libc6:i386, nginx=1.22.1-9]',
    }),
    state: oneOf(['present', 'absent', 'latest'], { default: 'present', description: 'what is to be so' }),
    update_cache_older_than: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'seconds: before something is installed, fetch package lists that are older; lists that are missing, or do ' +
          'not know a package, are always fetched',
      }),
    ),
    install_recommends: Type.Boolean({
      default: true,
      description: 'install what the packages recommend, too, as apt itself does',
    }),
  }),
  examples: [
    'packages: [libvirt-daemon-system, qemu-utils, iptables]\ninstall_recommends: false',
    'packages: [unattended-upgrades]\nstate: absent',
    'packages: [openssh-server]\nstate: latest\nupdate_cache_older_than: 86400',
  ],

  lasting: 'packages stay as they are',
  async read({ packages, state }, look) {
    return packages.length === 0 ? undefined : readPackages(packages.map(wantedOf), state, look);
  },

  plan(wanted, current) {
    if (!current) return [];
    const packages = wanted.packages.map(wantedOf);
    return wanted.state === 'absent' ? planAbsent(packages, current) : planPresent({ ...wanted, packages }, current);
  },
});
