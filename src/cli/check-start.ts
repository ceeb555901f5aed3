import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { selectTasks } from '../engine/selection.ts';
import type { Project, Selection } from './project.ts';

/**
 * There must be a task to start at.
 * @throws ProvisionError PV0002
 */
export function checkStart({ playbooks }: Project, selection: Selection): void {
  const { startAt } = selection;
  if (startAt === undefined) return;
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  if ([...selectTasks(plays, selection).values()].some((tasks) => tasks.size > 0)) return;
  const names = plays.flatMap(({ tasks }) => tasks.map(({ name }) => name));
  throw problem('PV0002', `there is no task \`${startAt}\` to start at`, {
    help: didYouMean(startAt, names) ?? '`--list-tasks` shows what there is; tags and rescue leave tasks out',
  });
}
