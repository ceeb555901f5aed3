import type { Play } from '../load/playbook.ts';
import { hostsOfPlay } from './play-hosts.ts';
import type { RunRequest } from './request.ts';

/**
 * Tells whether a host may be needed once it is through with a play: by a play that comes after it, or by any task from
 * then on that is delegated, for nobody knows to whom before it runs.
 */
export function neededLater({ playbooks, inventory }: RunRequest): (host: string, play: Play) => boolean {
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  const lastPlayOf = new Map<string, number>();
  for (const [index, play] of plays.entries()) {
    for (const host of hostsOfPlay(play, inventory, plays)) lastPlayOf.set(host, index);
  }
  const lastDelegating = plays.findLastIndex(delegates);
  return (host, play) => {
    const now = plays.indexOf(play);
    return lastDelegating >= now || (lastPlayOf.get(host) ?? now) > now;
  };
}

function delegates({ tasks, handlers }: Play): boolean {
  return [...tasks, ...handlers].some((task) => task.delegateTo !== undefined);
}
