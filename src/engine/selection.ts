import { isBlock } from '../load/is-block.ts';
import type { Block, Item, Play, Task } from '../load/playbook.ts';
import { type TagSelection, tagsSelect } from './tags.ts';

export interface TaskSelection extends TagSelection {
  /** Name or glob of the task to begin at: those before it, in this play and in others, are left out. */
  readonly startAt?: string;
}

/** Which tasks of each play run, found out once for lists, checks and the run. */
export function selectTasks(plays: readonly Play[], selection: TaskSelection): ReadonlyMap<Play, ReadonlySet<Task>> {
  const { startAt } = selection;
  let begun = startAt === undefined;
  return new Map(
    plays.map((play) => {
      const chosen = play.tasks.filter((task) => {
        if (!tagsSelect(task, selection)) return false;
        begun ||= startAt !== undefined && isNamed(task, startAt) && !isRescue(task);
        return begun;
      });
      return [play, new Set(chosen)] as const;
    }),
  );
}

/** Whether a task runs, or one within a block. */
export function isSelected(item: Item, chosen: ReadonlySet<Task>): boolean {
  if (!isBlock(item)) return chosen.has(item);
  return [...item.items, ...item.rescue, ...item.always].some((inner) => isSelected(inner, chosen));
}

/** Nobody gets there but after a failure. */
function isRescue(task: Task): boolean {
  let inner: Item = task;
  for (let block: Block | undefined = task.within; block; block = block.within) {
    if (block.rescue.includes(inner)) return true;
    inner = block;
  }
  return false;
}

function isNamed({ name }: Task, wanted: string): boolean {
  if (name === wanted) return true;
  const expression = wanted
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}
