import { existsSync } from 'node:fs';
import { mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { installDebianPackages } from './debian-packages.ts';
import type { LabNames } from './names.ts';
import { sharedProxy } from './proxy.ts';
import { cached, type Recipe } from './recipe.ts';

interface Publication {
  readonly lab: LabNames;
  readonly mirror: string;
  readonly report: (line: string) => void;
}

interface InstallerPublication extends Publication {
  /** Debian 13's own installer too; it takes a minute to make. */
  readonly debian: boolean;
}

/** Puts the installers' files where the lab's server gives them out. */
export async function publishInstallers({ debian, ...publication }: InstallerPublication): Promise<void> {
  await publish('mini', publication);
  if (debian || existsSync(`${publication.lab.published}/debian13`)) await publish('debian13', publication);
}

const imageTools = ['mmdebstrap', 'grub-common', 'grub-pc-bin', 'e2fsprogs', 'fdisk', 'qemu-utils'];

/** A cloud image of Debian 13, which takes minutes to make. */
export async function publishCloudImage(publication: Publication): Promise<void> {
  await installDebianPackages(imageTools, publication.report);
  await publish('cloud', publication);
}

type Product = 'mini' | 'debian13' | 'cloud';

async function publish(name: Product, { lab, mirror, report }: Publication): Promise<void> {
  await mkdir(lab.published, { recursive: true });
  const folder = await cached({ ...recipes(mirror)[name], environment: { http_proxy: sharedProxy } }, report);
  const link = `${lab.published}/${name}`;
  if ((await readlink(link).catch(() => '')) === folder) return;
  await rm(link, { force: true });
  await symlink(folder, link);
}

function recipes(mirror: string): Readonly<Record<Product, Recipe>> {
  return {
    mini: {
      product: 'mini',
      script: 'mini/build.sh',
      parameters: [mirror],
      ingredients: ['mini', 'private-apt.sh'],
    },
    debian13: {
      product: 'debian13',
      script: 'debian13-installer.sh',
      parameters: [mirror],
      ingredients: ['private-apt.sh'],
    },
    cloud: { product: 'cloud', script: 'cloud-image.sh', parameters: [mirror] },
  };
}
