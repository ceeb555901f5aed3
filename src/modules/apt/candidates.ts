import type { Look, Seconds } from '../../core/plan.ts';

/** apt's package lists on the host. */
export interface Lists {
  /** Since they were last fetched; left out: there are none. */
  readonly age?: Seconds;
  /** dpkg was stopped in the middle of something and must finish it before apt does anything. */
  readonly interrupted: boolean;
}

/** Keeps apt from writing what it has worked out to /var/cache/apt: a look leaves no trace. */
export const withoutCache: readonly string[] = ['-o', 'Dir::Cache::pkgcache=', '-o', 'Dir::Cache::srcpkgcache='];

const listsScript = `date +%s
ls /var/lib/apt/lists 2>/dev/null | grep -q _Packages && stat -c %Y /var/lib/apt/lists || echo none
ls -A /var/lib/dpkg/updates 2>/dev/null | grep -q . && echo interrupted || echo settled`;

export async function readLists(look: Look): Promise<Lists> {
  const { stdout } = await look.query(['sh', '-c', listsScript]);
  const [now = '', fetched = '', dpkg = ''] = stdout.trim().split('\n');
  const known = fetched !== 'none';
  return { ...(known && { age: Number(now) - Number(fetched) }), interrupted: dpkg === 'interrupted' };
}

/** The version that apt would install, by name; `(none)` for a virtual package; names that it does not know are missing. */
export async function readCandidates(names: readonly string[], look: Look): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await look.query(['apt-cache', ...withoutCache, 'policy', ...names]);
  const candidates: [string, string][] = [];
  let name = '';
  for (const line of stdout.split('\n')) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name;
    const candidate = /^ {2}Candidate: (\S+)/.exec(line)?.[1];
    if (candidate) candidates.push([name, candidate]);
  }
  return Object.fromEntries(candidates);
}

/** Package names that begin like this one, for a suggestion. */
export async function readSimilar(name: string, look: Look): Promise<readonly string[]> {
  const { stdout } = await look.query(['apt-cache', ...withoutCache, 'pkgnames', name.slice(0, 3)]);
  return stdout.split('\n').filter((line) => line !== '');
}
