import { problem } from '../../core/diagnostic.ts';
import type { Look, Stat, Step } from '../../core/plan.ts';
import { args, hostPath, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { pathThing } from '../path-thing.ts';
import { refuseProtected } from './protected-path.ts';
import { shownBytes } from './text-difference.ts';

interface Present {
  readonly stat: Stat;
  /** Of a file that is not too long to be kept for an undo. */
  readonly digest?: string;
  readonly text?: string;
  /** Of a directory: its path with every link resolved, what is in it, and what is mounted at or below it. */
  readonly real?: string;
  readonly entries?: readonly string[];
  readonly mounts?: readonly string[];
}

export const fileAbsent = defineModule({
  name: 'file.absent',
  description: 'No file, link or directory at this path. Of a link only the link itself goes.',
  args: args({
    path: hostPath('what is to go'),
    recursive: Type.Boolean({ default: false, description: 'remove a directory with everything in it' }),
  }),
  examples: ['path: /etc/motd.tail', 'path: /srv/old-site\nrecursive: true'],

  async read({ path }, look): Promise<Present | undefined> {
    const stat = await look.stat(path);
    if (stat?.kind === 'directory') return readDirectory(path, stat, look);
    return stat?.kind === 'file' && stat.size <= shownBytes ? readFile(path, stat, look) : stat && { stat };
  },

  things({ path }, present) {
    const thing = pathThing(path, present);
    return [present?.entries?.length ? { ...thing, lost: 'what was in it is gone' } : thing];
  },

  plan({ path, recursive }, present): readonly Step[] {
    refuseProtected(path);
    if (!present) return [];
    const touches = [`path:${path}`, `link:${path}`];
    if (present.stat.kind !== 'directory') {
      return [{ title: `remove ${path}`, effect: { kind: 'run', argv: ['rm', '-f', path] }, touches }];
    }
    refuseMounts(path, present);
    const { entries = [] } = present;
    if (entries.length === 0) {
      return [{ title: `remove directory ${path}`, effect: { kind: 'run', argv: ['rmdir', path] }, touches }];
    }
    if (!recursive) throw notEmpty(path, entries);
    const title = `remove directory ${path} and all that is in it (${someOf(entries)})`;
    return [{ title, effect: { kind: 'run', argv: ['rm', '-rf', path], lasting: true }, touches }];
  },
});

async function readFile(path: string, stat: Stat, look: Look): Promise<Present> {
  // Who may not read it may remove it all the same.
  const [digest, text] = await Promise.all(
    [look.digest(path), look.readText(path)].map((one) => one.catch(() => undefined)),
  );
  return { stat, ...(digest !== undefined && { digest }), ...(text !== undefined && { text }) };
}

async function readDirectory(path: string, stat: Stat, look: Look): Promise<Present> {
  const [listing, real, mounts] = await Promise.all([
    look.query(['ls', '-A', path]),
    look.query(['readlink', '-f', path]),
    look.query(['cat', '/proc/self/mounts']),
  ]);
  const realPath = real.stdout.trimEnd();
  return {
    stat,
    real: realPath,
    entries: listing.stdout.split('\n').filter((name) => name !== ''),
    mounts: mountPoints(mounts.stdout).filter((mount) => mount === realPath || mount.startsWith(`${realPath}/`)),
  };
}

/** The kernel writes blanks in mount points as `\040`. */
function mountPoints(table: string): string[] {
  return table
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}

function refuseMounts(path: string, { real, mounts = [] }: Present): void {
  refuseProtected(path, real);
  const [mount] = mounts;
  if (mount === undefined) return;
  const message = mount === real ? `${path} is a mount point` : `something is mounted below ${path}, at ${mount}`;
  throw problem('PV5104', message, { argument: ['path'], help: `unmount ${mount} first` });
}

function notEmpty(path: string, entries: readonly string[]): Error {
  return problem('PV5105', `directory ${path} is not empty: ${someOf(entries)}`, {
    argument: ['path'],
    help: 'set `recursive: true` to remove everything in it',
  });
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length <= 3 ? shown : `${shown} and ${names.length - 3} more`;
}
