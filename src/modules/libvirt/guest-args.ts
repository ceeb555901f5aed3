import { args, hostPath, type Infer, oneOf, Type, templateFile, templateVariants } from '../../schema/schema.ts';
import { capacityArgument } from './capacity.ts';
import type { ImageUse } from './guest-image.ts';
import type { VolumeFormat } from './volume-state.ts';

const disk = Type.Object(
  {
    pool: Type.String({ minLength: 1, description: 'pool of its volume' }),
    capacity: capacityArgument(),
    volume: Type.Optional(
      Type.String({ pattern: '^[^/\\s<>&"]+$', description: 'name of the volume; left out: `NAME.qcow2`' }),
    ),
    format: oneOf<VolumeFormat>(['qcow2', 'raw'], { default: 'qcow2', description: 'form of the volume' }),
    image: Type.Optional(
      hostPath('a qcow2 image on the host that holds a system already; left out: the volume is empty at first'),
    ),
    image_as: oneOf<ImageUse>(['copy', 'backing'], {
      default: 'copy',
      description:
        'the volume is a whole copy of `image`, or only what the guest changes of it; then the image must stay as it is',
    }),
  },
  { additionalProperties: false, description: 'the volume it is installed on; made when it is missing, never wiped' },
);

const seed = Type.Object(
  {
    by: oneOf(['http', 'initrd', 'disk'], {
      default: 'http',
      description:
        'how the installer gets its answers: over HTTP from its host, inside of its initrd, or as cloud-init reads ' +
        'them, on a small disk labelled `cidata`',
    }),
    listen: Type.Optional(
      Type.String({
        pattern: '^[0-9.]+:[0-9]+$',
        description: 'for `http`: the address and port of the host in the network of the guest, `192.168.101.1:2015`',
      }),
    ),
    initrd: Type.Optional(
      hostPath('for `initrd`: the initrd of the installer; a copy with the seed in it is made where `xml` says'),
    ),
    file: Type.Optional(
      hostPath('for `disk`: where the small disk is made; `xml` has it as a virtio disk in phase `install` alone'),
    ),
  },
  { additionalProperties: false, default: {}, description: 'how the rendered `preseed` reaches the installer' },
);

/** Of the system within. */
export const sshSchema = Type.Object(
  {
    port: Type.Integer({ minimum: 1, maximum: 65535, default: 22, description: 'port of its SSH server' }),
    within: Type.Integer({
      minimum: 1,
      default: 600,
      description: 'seconds it may take to answer after it was started',
    }),
    reset_after: Type.Integer({
      minimum: 0,
      default: 300,
      description: 'seconds after which a just installed guest that does not answer is reset, once; 0: never',
    }),
  },
  { additionalProperties: false, default: {}, description: 'how the host sees that the guest has come up' },
);

export const guestSchema = args({
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'name of the guest and of its domain' }),
  address: Type.String({
    pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$',
    description: 'its address: the seed is given to nobody else, and its SSH server is awaited there',
  }),
  xml: templateVariants(
    ['install', 'installed'],
    'template of its XML, with `phase` set to `install` and to `installed`; the hardware must be the same in both',
  ),
  preseed: templateFile('template of the answers to the questions of its installer; for cloud-init its user-data'),
  meta_data: Type.Optional(
    templateFile('template of cloud-init’s meta-data; left out: the name of the guest as its instance and host name'),
  ),
  network_config: Type.Optional(templateFile('template of cloud-init’s network-config; left out: there is none')),
  disk,
  seed,
  ssh: sshSchema,
  done: Type.Optional(
    Type.String({
      description:
        'regular expression for the line of the serial log that means success; left out: ' +
        '`System halted|reboot: Power down`, with an `image` cloud-init’s last line',
    }),
  ),
  stall: Type.Integer({
    minimum: 1,
    default: 900,
    description: 'seconds of silence after which the installer is given up',
  }),
  timeout: Type.Integer({ minimum: 1, default: 10800, description: 'seconds that an installation may take in all' }),
  autostart: Type.Boolean({ default: true, description: 'start the installed guest when its host boots' }),
  restart: oneOf(['never', 'ask', 'allowed'], {
    default: 'never',
    description:
      'restart the running guest for changes of its definition that reach it in no other way; `never`: they wait, and ' +
      'the result has `restart_pending`',
  }),
  restart_within: Type.Integer({
    minimum: 1,
    default: 120,
    description: 'seconds that it may take to shut down in good order for a restart',
  }),
  restart_force: Type.Boolean({
    default: false,
    description: 'pull the plug where it does not shut down in time; otherwise it is left running and the task fails',
  }),
  reinstall: Type.Boolean({
    default: false,
    description: 'install it anew on each run, whatever is on its disk; asks first; for one run: `--reinstall NAME`',
  }),
  adopt: Type.Boolean({
    default: false,
    description:
      'take a volume with data and no domain, or a domain that provision did not make, for the installed guest; asks ' +
      'first; for one run: `--adopt NAME`',
  }),
});

export type GuestArgs = Infer<typeof guestSchema>;
