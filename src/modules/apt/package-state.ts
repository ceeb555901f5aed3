import type { Look } from '../../core/plan.ts';
import { type Lists, readCandidates, readLists, readSimilar, withoutCache } from './candidates.ts';
import { type Installed, readInstalled, stillToInstall } from './installed.ts';
import type { Wanted } from './package-name.ts';

/** Only what the decision needs is read; on a host with everything in place that is one question to dpkg. */
export interface Packages {
  readonly installed: Readonly<Record<string, Installed>>;
  readonly lists?: Lists;
  readonly candidates?: Readonly<Record<string, string>>;
  /** Names in the lists that begin like one that is not there. */
  readonly similar?: readonly string[];
  /** What apt would remove: the packages named, and what needs them. */
  readonly removes?: readonly string[];
}

export async function readPackages(
  wanted: readonly Wanted[],
  state: 'present' | 'absent' | 'latest',
  look: Look,
): Promise<Packages> {
  const installed = await readInstalled(wanted, look);
  if (state === 'absent') return { installed, ...(await readRemovals(wanted, installed, look)) };
  const open = state === 'latest' ? wanted : stillToInstall(wanted, installed);
  return { installed, ...(open.length > 0 && (await readAvailable(open, look))) };
}

async function readAvailable(open: readonly Wanted[], look: Look): Promise<Omit<Packages, 'installed'>> {
  const names = open.map(({ name }) => name);
  const [lists, candidates] = await Promise.all([readLists(look), readCandidates(names, look)]);
  const unknown = names.find((name) => !(name in candidates));
  if (unknown === undefined || lists.age === undefined) return { lists, candidates };
  return { lists, candidates, similar: await readSimilar(unknown, look) };
}

/** apt says what else would go; a virtual name has nothing of its own to remove. */
async function readRemovals(
  wanted: readonly Wanted[],
  installed: Packages['installed'],
  look: Look,
): Promise<Pick<Packages, 'removes'>> {
  const names = wanted.map(({ name }) => name).filter((name) => installed[name] && !installed[name].by);
  if (names.length === 0) return {};
  const { stdout } = await look.query(['apt-get', ...withoutCache, '--simulate', 'remove', ...names]);
  return { removes: [...stdout.matchAll(/^Remv (\S+)/gm)].map((match) => match[1] ?? '') };
}
