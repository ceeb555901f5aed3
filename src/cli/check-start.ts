import { type Diagnostic, problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { selectTasks } from '../engine/selection.ts';
import type { Task } from '../load/playbook.ts';
import { placeOfName } from '../load/written.ts';
import type { Project, Selection } from './project.ts';

/**
 * There must be a task to start at; it is doubtful which is meant where several have its name.
 * @throws ProvisionError PV0002
 */
export function checkStart({ playbooks }: Project, selection: Selection): readonly Diagnostic[] {
  const { startAt } = selection;
  if (startAt === undefined) return [];
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  const chosen = [...selectTasks(plays, selection).values()].flatMap((tasks) => [...tasks]);
  if (chosen.length > 0) return doubtOf(chosen.filter(({ name }) => name === startAt));
  const names = plays.flatMap(({ tasks }) => tasks.map(({ name }) => name));
  throw problem('PV0002', `there is no task \`${startAt}\` to start at`, {
    help: didYouMean(startAt, names) ?? '`--list-tasks` shows what there is; tags and rescue leave tasks out',
  });
}

function doubtOf([first, ...others]: readonly Task[]): readonly Diagnostic[] {
  if (!first || others.length === 0) return [];
  return [
    {
      code: 'PV1118',
      message: `${others.length + 1} tasks are named \`${first.name}\`; the run starts at the first`,
      at: placeOfName(first),
      related: others.map((other) => ({ at: placeOfName(other), message: 'another one' })),
      help: 'give each a name of its own',
    },
  ];
}
