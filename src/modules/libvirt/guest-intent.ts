import { createHash } from 'node:crypto';
import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Path } from '../../core/source.ts';
import { type SeedAnswers, type SeedForm, seedUrl } from '../../installer/seed.ts';
import { bytesOf } from './capacity.ts';
import { digestOf, disksOf, parseDomain, serialLogOf } from './domain-definition.ts';
import { checkPair, type DomainPair } from './domain-pair.ts';
import type { GuestArgs } from './guest-args.ts';
import type { GuestImage } from './guest-image.ts';
import type { WantedVolume } from './volume-state.ts';
import { elementsAt, textAt, type Xml } from './xml.ts';

/** How the seed reaches the installer. */
export type SeedWay =
  | { readonly by: 'http'; readonly network: string; readonly listen: string; readonly form: SeedForm }
  | { readonly by: 'initrd'; readonly original: string; readonly seeded: string }
  | { readonly by: 'disk'; readonly file: string };

/** What a task wants of a guest, read from its arguments and found free of contradictions. */
export interface GuestIntent extends DomainPair {
  readonly args: GuestArgs;
  readonly name: string;
  readonly volume: WantedVolume;
  /** Left out: its installer fills an empty volume. */
  readonly image?: GuestImage;
  /** Path of the serial log of its installer. */
  readonly log: string;
  readonly done: RegExp;
  readonly seed: SeedWay;
  readonly answers: SeedAnswers;
  /** Digests for the guest's record. */
  readonly inputs: string;
  readonly definition: string;
}

const installerDone = 'System halted|reboot: Power down';
const cloudInitDone = 'Cloud-init v\\. \\S+ finished at';

export function intentOf(args: GuestArgs): GuestIntent {
  const { name } = args;
  const install = parseDomain(args.xml.install, name, 'install');
  const installed = parseDomain(args.xml.installed, name, 'installed');
  const seed = seedOf(args, install);
  checkPair({ install, installed }, seed.by === 'disk' ? seed.file : undefined);
  const volume: WantedVolume = {
    pool: args.disk.pool,
    name: args.disk.volume ?? `${name}.${args.disk.format === 'qcow2' ? 'qcow2' : 'img'}`,
    capacity: bytesOf(args.disk.capacity),
    format: args.disk.format,
  };
  checkDisk(install, volume);
  checkIdentity(install);
  const { image: path, image_as: as } = args.disk;
  return {
    ...{ args, name, install, installed, volume },
    ...(path !== undefined && { image: { path, as } }),
    inputs: inputsOf(args, install),
    log: logOf(install),
    done: doneOf(args),
    seed,
    answers: { seed: args.preseed, metaData: args.meta_data, networkConfig: args.network_config },
    definition: digestOf(installed),
  };
}

/**
 * What an installation is made from: the hardware may change afterwards. What is only there for a guest of an image is
 * left out for others.
 */
function inputsOf({ preseed, meta_data, network_config, disk }: GuestArgs, install: Xml): string {
  const installer = ['kernel', 'initrd', 'cmdline'].map((part) => textAt(install, `os/${part}`) ?? '');
  const further = [meta_data, network_config, disk.image].filter((text) => text !== undefined);
  return createHash('sha256')
    .update([preseed, ...installer, ...further].join('\0'))
    .digest('hex');
}

function contradiction(message: string, argument: Path, help: string): ProvisionError {
  return problem('PV5310', message, { argument, help });
}

function checkDisk(install: Xml, { pool, name }: WantedVolume): void {
  const named = disksOf(install).some(
    (disk) => disk.file?.endsWith(`/${name}`) || (disk.pool === pool && disk.volume === name),
  );
  if (named) return;
  throw contradiction(`the definition has no disk on volume ${pool}/${name}`, ['disk'], 'name the same volume in both');
}

/** What a definition leaves out libvirt makes up, and differently for the installer and the installed guest. */
function checkIdentity(install: Xml): void {
  const lacks = (what: string, help: string): ProvisionError =>
    contradiction(`the definition has no ${what}`, ['xml'], help);
  if (!textAt(install, 'uuid')) throw lacks('uuid', 'write `<uuid><%= uuid %></uuid>`: each guest has one of its own');
  if (elementsAt(install, 'devices/interface').every((item) => textAt(item, 'mac/@address'))) return;
  throw lacks('MAC address for an interface', 'write `<mac address="<%= mac %>"/>`: each guest has one of its own');
}

function logOf(install: Xml): string {
  const log = serialLogOf(install);
  if (log !== undefined) return log;
  throw contradiction(
    'the definition for the installer does not write its serial console to a file',
    ['xml'],
    'in phase install: `<serial type="file"><source path="…" append="off"/><target port="0"/></serial>`',
  );
}

function doneOf({ done: wanted, disk }: GuestArgs): RegExp {
  const done = wanted ?? (disk.image === undefined ? installerDone : cloudInitDone);
  try {
    return new RegExp(done);
  } catch (error) {
    throw contradiction(
      `\`done\` is no regular expression: ${(error as Error).message}`,
      ['done'],
      'mend the expression',
    );
  }
}

function seedOf({ seed, name }: GuestArgs, install: Xml): SeedWay {
  if (seed.by === 'initrd') return seedInInitrd(seed.initrd, textAt(install, 'os/initrd'));
  if (seed.by === 'disk') return seedOnDisk(seed.file, install);
  const source = 'devices/interface/source';
  const network = textAt(install, `${source}/@network`) ?? textAt(install, `${source}/@bridge`);
  if (!seed.listen || !network) {
    const missing = seed.listen ? 'the definition has no interface on a network' : '`listen` is missing';
    throw contradiction(`the seed cannot be served: ${missing}`, ['seed'], 'say where: `listen: 192.168.101.1:2015`');
  }
  const { listen } = seed;
  const words = textAt(install, 'os/cmdline')?.split(' ') ?? [];
  const form = seedForms.find((one) => words.some((word) => word.endsWith(seedUrl(one, listen, name))));
  if (form) return { by: 'http', network, listen, form };
  throw contradiction(
    'the kernel arguments do not tell the installer where its seed is',
    ['xml'],
    `add \`url=${seedUrl('file', listen, name)}\``,
  );
}

const seedForms: readonly SeedForm[] = ['file', 'nocloud'];

function seedInInitrd(original: string | undefined, seeded: string | undefined): SeedWay {
  if (original !== undefined && seeded !== undefined && original !== seeded) return { by: 'initrd', original, seeded };
  throw contradiction(
    'a seed in the initrd needs an initrd of the guest’s own',
    ['seed', 'initrd'],
    'name the initrd of the installer here and another file, which is made from it, as `<initrd>` in the definition',
  );
}

function seedOnDisk(file: string | undefined, install: Xml): SeedWay {
  if (file !== undefined && disksOf(install).some((disk) => disk.file === file)) return { by: 'disk', file };
  throw contradiction(
    file === undefined ? 'a seed on a disk needs a place for that disk' : `the definition has no disk on ${file}`,
    ['seed', 'file'],
    'name a file of the guest’s own here and, in phase install, as the `<source file="…"/>` of a virtio disk',
  );
}
