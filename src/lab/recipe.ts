import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { execute } from './execute.ts';
import { cacheFolder, labNames } from './names.ts';
import { assetPath } from './package-root.ts';
import { knownLabs } from './state.ts';

export interface Recipe {
  /** `base-bookworm`: what the product is called in the cache. */
  readonly product: string;
  /** The script of ours that makes it, called with the folder to fill and `parameters`. */
  readonly script: string;
  readonly parameters: readonly string[];
  /** Further assets that the script uses, files or folders. */
  readonly ingredients?: readonly string[];
  /** Parameters that say how to get it, not what it is. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A product of one of our scripts, made once and kept outside the repository. Its folder carries a digest of the
 * recipe, so a changed recipe makes a new one; it is built under another name and is never seen half done.
 */
export async function cached(recipe: Recipe, report: (line: string) => void): Promise<string> {
  const folder = `${cacheFolder}/${recipe.product}-${await digestOf(recipe)}`;
  if (existsSync(folder)) return folder;
  const since = Date.now();
  report(`making ${recipe.product} (once; kept in ${cacheFolder})`);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(cacheFolder, { recursive: true });
  await execute(['bash', assetPath(recipe.script), unfinished, ...recipe.parameters], {
    environment: { ...recipe.environment },
  });
  await rename(unfinished, folder);
  await removeOlder(recipe.product, folder);
  report(`made ${recipe.product} in ${Math.round((Date.now() - since) / 1000)} s`);
  return folder;
}

async function digestOf(recipe: Recipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(recipe.parameters));
  for (const name of [recipe.script, ...(recipe.ingredients ?? [])])
    for (const file of await filesOf(assetPath(name))) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  return files.toSorted();
}

/** What earlier recipes made, unless a lab still uses it. */
async function removeOlder(product: string, current: string): Promise<void> {
  const used = (await Promise.all((await knownLabs()).map(usedBy))).flat();
  for (const name of await readdir(cacheFolder)) {
    const folder = `${cacheFolder}/${name}`;
    const ours = name.startsWith(`${product}-`) && folder !== current;
    if (ours && !used.includes(folder)) await rm(folder, { recursive: true, force: true });
  }
}

/** What a lab's hosts stand on, running or not, and what its server gives out. */
async function usedBy(lab: string): Promise<readonly string[]> {
  const { folder, published } = labNames(lab);
  const hosts = await readdir(`${folder}/hosts`).catch(() => []);
  const links = await readdir(published).catch(() => []);
  return Promise.all([
    ...hosts.map((host) => readFile(`${folder}/hosts/${host}/base`, 'utf8').catch(() => '')),
    ...links.map((link) => readlink(`${published}/${link}`).catch(() => '')),
  ]);
}
