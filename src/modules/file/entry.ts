import { type ProvisionError, problem } from '../../core/diagnostic.ts';
import type { Look, Stat } from '../../core/plan.ts';
import { Type } from '../../schema/schema.ts';
import { statAndDigest } from '../regular-file.ts';

/** What stands at a path. */
export interface Entry {
  /** Where it really is: behind the link, where links are followed. */
  readonly path: string;
  /** Left out: the link that was followed leads to something that is not there yet. */
  readonly stat?: Stat;
  /** SHA-256 in hex, of a regular file. */
  readonly digest?: string;
  readonly text?: string;
  /** Where nothing is there: directories above it that are not there either, the uppermost first. */
  readonly missing?: readonly string[];
}

export const followArgument = Type.Boolean({
  default: false,
  description: 'where the path is a symbolic link: work on what it leads to, instead of refusing',
});

export async function readEntry(path: string, follow: boolean, look: Look): Promise<Entry | undefined> {
  const found = await statAndDigest(path, look);
  if (found.stat?.kind !== 'link' || !follow) return found.stat && { path, ...found };
  const real = (await look.query(['readlink', '-f', path])).stdout.trimEnd();
  return { path: real, ...(await statAndDigest(real, look)) };
}

const names = {
  file: 'a file',
  directory: 'a directory',
  link: 'a symbolic link',
  other: 'neither file nor directory',
};

/** The error for an entry of another kind than the one asked for. */
export function inTheWay(path: string, stat: Stat, wanted: 'file' | 'directory' | 'link'): ProvisionError {
  const found = stat.kind === 'link' ? `a symbolic link to ${stat.target ?? 'somewhere'}` : names[stat.kind];
  const help =
    stat.kind === 'link'
      ? 'set `follow: true` to work on what it leads to, or name that path'
      : 'move it away by hand, or remove it first with file.absent';
  return problem('PV5102', `${path} is ${found}, but ${names[wanted]} is asked for`, { argument: ['path'], help });
}
