import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where systemd keeps its tree: one of these with cgroup v2, two with v1. */
const hierarchies = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'];

/**
 * Words before a command that start it in a control group of its own. Without them all hosts would share one tree,
 * and a service of one host would not count as stopped while the same service of another runs.
 */
export async function inControlGroup(name: string): Promise<readonly string[]> {
  const groups = foldersOf(name);
  for (const group of groups) await mkdir(group, { recursive: true });
  const joins = groups.map((group) => `echo $$ >${group}/cgroup.procs`);
  return ['sh', '-c', [...joins, 'exec "$@"'].join(' && '), 'sh'];
}

/** Removes what the processes of a group left; they are gone, though the kernel may need a moment to see it. */
export async function removeControlGroup(name: string): Promise<void> {
  for (const group of foldersOf(name)) {
    if (!existsSync(group)) continue;
    const below = await readdir(group, { recursive: true, withFileTypes: true });
    const folders = below.filter((entry) => entry.isDirectory()).map((entry) => `${entry.parentPath}/${entry.name}`);
    // The deepest first: a group with groups in it cannot go.
    for (const folder of [group, ...folders].toSorted((a, b) => b.length - a.length)) await removeGroup(folder);
  }
}

async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const failure = await rmdir(folder).catch((error: unknown) => error);
    if (failure === undefined || !existsSync(folder)) return;
    if (tries > 100) throw failure;
    await sleep(20);
  }
}

function foldersOf(name: string): readonly string[] {
  return hierarchies.filter((root) => existsSync(`${root}/cgroup.procs`)).map((root) => `${root}/${name}`);
}
