import { existsSync } from 'node:fs';
import { mkdir, readlink, rm, symlink } from 'node:fs/promises';
import type { LabNames } from './names.ts';
import { sharedProxy } from './proxy.ts';
import { cached, type Recipe } from './recipe.ts';

interface Publication {
  readonly lab: LabNames;
  readonly mirror: string;
  /** Debian 13's own installer too; it takes a minute to make. */
  readonly debian: boolean;
  readonly report: (line: string) => void;
}

/** Puts the installers' files where the lab's server gives them out. */
export async function publishInstallers({ lab, mirror, debian, report }: Publication): Promise<void> {
  await mkdir(lab.published, { recursive: true });
  for (const [name, recipe] of Object.entries(recipes(mirror))) {
    if (name === 'debian13' && !debian && !existsSync(`${lab.published}/${name}`)) continue;
    const folder = await cached({ ...recipe, environment: { http_proxy: sharedProxy } }, report);
    const link = `${lab.published}/${name}`;
    if ((await readlink(link).catch(() => '')) === folder) continue;
    await rm(link, { force: true });
    await symlink(folder, link);
  }
}

function recipes(mirror: string): Readonly<Record<'mini' | 'debian13', Recipe>> {
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
  };
}
