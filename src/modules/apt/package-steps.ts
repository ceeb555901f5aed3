import { problem } from '../../core/diagnostic.ts';
import type { Effect, Seconds, Step } from '../../core/plan.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Lists } from './candidates.ts';
import { satisfies, stillToInstall } from './installed.ts';
import type { Wanted } from './package-name.ts';
import type { Packages } from './package-state.ts';

export interface WantedPackages {
  readonly packages: readonly Wanted[];
  readonly state: 'present' | 'absent' | 'latest';
  readonly update_cache_older_than?: Seconds;
  readonly install_recommends: boolean;
}

/** Lists younger than this know every package there is. */
const fresh: Seconds = 600;

export function planPresent(wanted: WantedPackages, current: Packages): readonly Step[] {
  const { lists = { interrupted: false }, candidates = {} } = current;
  const missing = stillToInstall(wanted.packages, current.installed);
  const unknown = missing.filter(({ name }) => !(name in candidates));
  const stale = isStale(lists, wanted.update_cache_older_than);
  const open = wanted.state === 'latest' ? outdated(wanted.packages, current, stale) : missing;
  if (open.length === 0) return [];
  const [first] = unknown;
  if (first && !stale && (lists.age ?? fresh) < fresh) throw unknownPackage(first.name, current.similar ?? []);
  const broken = wanted.packages.some(({ name }) => current.installed[name]?.broken);
  return [
    ...(lists.interrupted || broken ? [finishStep] : []),
    ...(stale || first ? [updateStep(stale ? lists : undefined, first)] : []),
    installStep(open, wanted),
  ];
}

/** While the lists are to be fetched anew, nobody knows yet what is outdated. */
function outdated(packages: readonly Wanted[], { installed, candidates = {} }: Packages, stale: boolean): Wanted[] {
  if (stale) return [...packages];
  return packages.filter(({ name, version }) => {
    const present = installed[name];
    if (!satisfies(present, version)) return true;
    const newest = candidates[name] ?? '(none)';
    return version === undefined && newest !== '(none)' && present?.version !== newest;
  });
}

function isStale({ age }: Lists, limit: Seconds | undefined): boolean {
  return age === undefined || (limit !== undefined && age > limit);
}

const options = [
  ...['-y', '-q', '-o', 'DPkg::Lock::Timeout=300'],
  ...['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'],
];

function lasting(argv: readonly string[]): Effect {
  return { kind: 'run', argv, environment: { DEBIAN_FRONTEND: 'noninteractive' }, lasting: true };
}

const finishStep: Step = {
  title: 'finish an interrupted installation',
  effect: lasting(['dpkg', '--configure', '-a', '--force-confdef', '--force-confold']),
};

/** Lists that have not changed keep their dates, so the folder is marked: its date is what the next run looks at. */
const updateScript = 'apt-get -q update && touch /var/lib/apt/lists';

function updateStep(stale: Lists | undefined, unknown: Wanted | undefined): Step {
  const age = stale?.age === undefined ? 'there are none' : `they are ${Math.round(stale.age / 60)} minutes old`;
  const why = stale ? age : `they do not know ${unknown?.name ?? 'a package'}`;
  return { title: `fetch the package lists (${why})`, effect: lasting(['sh', '-c', updateScript]) };
}

function installStep(open: readonly Wanted[], { state, install_recommends }: WantedPackages): Step {
  const names = open.map(({ text }) => text);
  const versions = open.some(({ version }) => version !== undefined) ? ['--allow-downgrades'] : [];
  const recommends = install_recommends ? [] : ['--no-install-recommends'];
  return {
    title: `${state === 'latest' ? 'bring up to date' : 'install'} ${names.join(', ')}`,
    effect: lasting(['apt-get', 'install', ...options, ...recommends, ...versions, ...names]),
  };
}

export function planAbsent(packages: readonly Wanted[], { installed, removes = [] }: Packages): readonly Step[] {
  const names = packages.map(({ name }) => name).filter((name) => installed[name] && !installed[name].by);
  if (names.length === 0) return [];
  const others = removes.filter((name) => !names.includes(name));
  const title = `remove ${names.join(', ')}${others.length > 0 ? `, and what needs it: ${others.join(', ')}` : ''}`;
  return [
    {
      title,
      effect: lasting(['apt-get', 'remove', ...options, ...names]),
      ...(others.length > 0 && { confirm: `${title}?` }),
    },
  ];
}

function unknownPackage(name: string, similar: readonly string[]): Error {
  return problem('PV5112', `apt knows no package ${name} on this host`, {
    argument: ['packages'],
    help: didYouMean(name, similar) ?? 'look for it with: apt-cache search',
  });
}
