import type { Look, SeenBefore, Step } from '../../core/plan.ts';
import { args, hostPath } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { type Ownership, ownershipArgs, ownershipFor, ownershipSteps } from '../ownership.ts';
import { parentsOf, parentThings, pathThing } from '../path-thing.ts';
import { type Entry, followArgument, inTheWay, readEntry } from './entry.ts';

export const fileDirectory = defineModule({
  name: 'file.directory',
  description: 'A directory with its parents; mode and owner are those of the directory itself.',
  args: args({
    path: hostPath('the directory on the host'),
    ...ownershipArgs,
    follow: followArgument,
  }),
  examples: ['path: /data/vms', 'path: /srv/www\nmode: "2775"\nowner: root\ngroup: www-data'],

  async read({ path, follow }, look): Promise<Entry> {
    const entry = await readEntry(path, follow, look);
    return entry?.stat ? entry : { path, ...entry, missing: await missingAbove(entry?.path ?? path, look) };
  },

  things: ({ path }, entry) => [
    ...parentThings(entry?.path ?? path, entry?.missing),
    pathThing(entry?.path ?? path, entry),
  ],

  plan(wanted, entry) {
    const path = entry?.path ?? wanted.path;
    if (!entry?.stat) return createDirectory(path, wanted, entry?.missing);
    if (entry.stat.kind !== 'directory') throw inTheWay(path, entry.stat, 'directory');
    return ownershipSteps(path, wanted, entry.stat);
  },
});

async function missingAbove(path: string, look: Look): Promise<readonly string[]> {
  const parents = parentsOf(path);
  const found = await Promise.all(parents.map((parent) => look.stat(parent)));
  return parents.filter((_, index) => found[index] === undefined);
}

function createDirectory(path: string, wanted: Ownership, missing: readonly string[] = []): Step[] {
  const { mode = '0755', owner, group } = ownershipFor(wanted, undefined);
  const whose = [...(owner === undefined ? [] : ['-o', owner]), ...(group === undefined ? [] : ['-g', group])];
  const argv = ['install', '-d', '-m', mode, ...whose, '--', path];
  const leaves = missing.map(asItComes);
  const step = { title: `create directory ${path}`, effect: { kind: 'run', argv }, touches: [`path:${path}`] } as const;
  return [{ ...step, ...(leaves.length > 0 && { leaves }) }];
}

/** What a directory above most likely is once it was made by the way; the size of one is not compared. */
function asItComes(path: string): SeenBefore {
  const answer = { kind: 'directory', mode: '0755', owner: 'root', group: 'root', size: 4096 };
  return { call: { kind: 'stat', path }, answer };
}
