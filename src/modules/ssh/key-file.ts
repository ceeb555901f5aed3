import type { Look, Stat } from '../../core/plan.ts';
import type { Thing } from '../../core/thing.ts';
import { pathThing, textThing } from '../path-thing.ts';

/** The authorized_keys file of a user, and what it needs around it. */
export interface KeyFile {
  readonly user: string;
  /** Primary group of the user. */
  readonly group: string;
  readonly path: string;
  /** The .ssh directory; left out where the task names a file of its own. */
  readonly directory?: { readonly path: string; readonly stat?: Stat };
  readonly stat?: Stat;
  readonly text?: string;
}

/** One line `user:home:group`, or nothing. A small guest has no getent. */
const script = `entry=$(getent passwd "$1" 2>/dev/null || grep "^$1:" /etc/passwd) || exit 0
printf '%s:' "$entry" | cut -d : -f 6
id -gn "$1"`;

/** `undefined`: there is no such account. */
export async function readKeyFile(user: string, ownPath: string | undefined, look: Look): Promise<KeyFile | undefined> {
  const { stdout } = await look.query(['sh', '-c', script, 'sh', user]);
  const [home = '', group = ''] = stdout.trimEnd().split('\n');
  if (home === '') return undefined;
  const folder = `${home}/.ssh`;
  const path = ownPath ?? `${folder}/authorized_keys`;
  const [folderStat, stat, text] = await Promise.all([
    ownPath === undefined ? look.stat(folder) : undefined,
    look.stat(path),
    look.readText(path),
  ]);
  return {
    user,
    group,
    path,
    ...(ownPath === undefined && { directory: { path: folder, ...(folderStat && { stat: folderStat }) } }),
    ...(stat && { stat }),
    ...(stat?.kind === 'file' && text !== undefined && { text }),
  };
}

/** Public keys are for everybody, though the file is not. */
export function keyFileThings({ path, directory, ...file }: KeyFile): readonly Thing[] {
  return [...(directory ? [pathThing(directory.path, directory)] : []), textThing(path, file, true)];
}
