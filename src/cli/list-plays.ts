import { hostsOfPlay, withGroupsToCome } from '../engine/play-hosts.ts';
import { selectTasks } from '../engine/selection.ts';
import { selectHosts } from '../load/inventory.ts';
import type { Play } from '../load/playbook.ts';
import type { Project, Selection } from './project.ts';

export type PlayList = 'hosts' | 'tasks' | 'tags';

/** What a run would work on, told without connecting: `--list-hosts`, `--list-tasks`, `--list-tags`. */
export function listPlays({ playbooks, inventory }: Project, selection: Selection, lists: readonly PlayList[]): string {
  const within = selection.limit === undefined ? undefined : new Set(selectHosts(inventory, selection.limit));
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  const all = withGroupsToCome(inventory, plays);
  const chosen = selectTasks(plays, selection);
  const rows: Record<PlayList, (play: Play) => string[]> = {
    hosts: (play) => hostsOfPlay(play, all, plays).filter((host) => within?.has(host) ?? true),
    tasks: (play) => [...(chosen.get(play) ?? [])].map(taskRow),
    tags: (play) => [...new Set(play.tasks.flatMap(({ tags }) => tags))].sort(),
  };
  const lines = playbooks.flatMap((playbook) => [
    `playbook ${playbook.name}`,
    ...playbook.plays.flatMap((play) => [
      `  play ${play.name} (${play.hosts})`,
      ...lists.flatMap((list) => [`    ${list}:`, ...orNone(rows[list](play)).map((row) => `      ${row}`)]),
    ]),
  ]);
  return `${lines.join('\n')}\n`;
}

function taskRow({ name, module, tags }: { name: string; module: string; tags: readonly string[] }): string {
  const title = name === module ? name : `${name} (${module})`;
  return tags.length === 0 ? title : `${title}  [${tags.join(', ')}]`;
}

function orNone(rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? ['(none)'] : rows;
}
