import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../../src/lab/execute.ts';
import type { RigHost } from '../rig/names.ts';
import { owner, settingsBefore, settingsFile, type TaskOf, tasks, tasksOf, templates, variables } from './model.ts';
import { hostValues, plainText } from './template.ts';

const policies = ['-P INPUT ACCEPT', '-P FORWARD ACCEPT', '-P OUTPUT ACCEPT'];
const untouched = ['app 755 0:0', 'etc 755 0:0'];

/** A host as it is before any work. */
export async function resetHost(host: RigHost): Promise<void> {
  await rm(host.folder, { recursive: true, force: true });
  for (const folder of ['app', 'etc']) await mkdir(join(host.folder, folder), { recursive: true });
  await writeFile(join(host.folder, settingsFile), settingsBefore, { mode: 0o644 });
  await execute(['ip', 'netns', 'exec', host.namespace, 'iptables', '-F']);
}

/** Every mode, owner, content and firewall rule that the work could have changed, one a line. */
export async function observedState(host: RigHost): Promise<readonly string[]> {
  const names = (await readdir(host.folder, { recursive: true })).toSorted();
  const files = await Promise.all(names.map(async (name) => describe(join(host.folder, name), name)));
  const rules = await execute(['ip', 'netns', 'exec', host.namespace, 'iptables', '-S']);
  return [...files, ...rules.trim().split('\n')];
}

async function describe(path: string, name: string): Promise<string> {
  const stat = await lstat(path);
  const line = `${name} ${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
  return stat.isDirectory() ? line : `${line} ${hash(await readFile(path))}`;
}

/** What W1 must make of a host, whoever does it: from the model alone. */
export function stateAfterTasks(host: RigHost): readonly string[] {
  const files = tasks.flatMap((task): string[] => {
    if (task.kind === 'directory') return [`${task.path} ${Number(task.mode)} ${owner.id}:${owner.id}`];
    if (task.kind === 'template') return [`${task.path} ${Number(task.mode)} 0:0 ${hash(contentOf(task, host))}`];
    return task.kind === 'command' ? [`${task.creates} 644 0:0 ${hash('')}`] : [];
  });
  const rules = tasksOf('rule').map(({ port }) => `-A INPUT -p tcp -m tcp --dport ${port} -j ACCEPT`);
  return [...sorted([...untouched, ...files, settingsLine(settingsAfter())]), ...policies, ...rules];
}

/** What W2 must leave behind: nothing. */
export function stateBefore(): readonly string[] {
  return [...sorted([...untouched, settingsLine(settingsBefore)]), ...policies];
}

export function contentOf({ template }: TaskOf<'template'>, host: RigHost): string {
  return plainText(templates.get(template) ?? [], hostValues(host), variables);
}

/** One word for the states of many hosts. */
export function digest(states: readonly (readonly string[])[]): string {
  return hash(states.map((state) => state.join('\n')).join('\n\n')).slice(0, 16);
}

function settingsAfter(): string {
  const edits = tasksOf('line').map(({ match, line }) => ({ match: new RegExp(match), line }));
  const edited = (line: string) => edits.find(({ match }) => match.test(line))?.line ?? line;
  return settingsBefore.split('\n').map(edited).join('\n');
}

function settingsLine(content: string): string {
  return `${settingsFile} 644 0:0 ${hash(content)}`;
}

/** By path, as a listing has them. */
function sorted(lines: readonly string[]): readonly string[] {
  const path = (line: string) => line.split(' ', 1)[0] ?? '';
  return lines.toSorted((a, b) => (path(a) < path(b) ? -1 : 1));
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
