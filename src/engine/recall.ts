import type { Block, Task } from '../load/playbook.ts';
import { redo } from './actions.ts';
import type { EarlierTask } from './earlier-run.ts';
import type { Frame } from './frame.ts';
import { loopItems, mergeItems } from './loop.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { refusal } from './registered.ts';
import { isWithheld, outcomeOf } from './replay.ts';
import { placeOf, StatementRun } from './statement-run.ts';
import type { Outcome } from './task-outcome.ts';

/** Takes over what came of a task in the run that is resumed; `false`: that was not kept, and it is done again. */
export function recallTask(task: Task, host: HostState, context: PlayContext, frame: Frame): boolean {
  return recall(new StatementRun(task, host, context, frame), host, (earlier) => {
    for (const { args } of linesOf(earlier)) if (args) redo(task, args, host, context);
    return outcomeOfTask(earlier, () => loopItems(task, context.scope(host, task, frame.names)) ?? []);
  });
}

/** The same of a block that could not begin. */
export function recallBlock(block: Block, host: HostState, context: PlayContext, frame: Frame): boolean {
  return recall(new StatementRun(block, host, context, frame), host, (earlier) => outcomeOfTask(earlier, () => []));
}

function recall(run: StatementRun, host: HostState, outcomeFor: (earlier: EarlierTask) => Outcome): boolean {
  try {
    const earlier = host.replay?.next(run.task);
    if (!earlier) return false;
    if (isWithheld(earlier)) {
      host.replay?.again(earlier);
      return false;
    }
    if (earlier.declined) run.context.note?.({ event: 'task.declined', ...placeOf(run.task, host, run.context.play) });
    else run.recall(outcomeFor(earlier), earlier);
  } catch (error) {
    run.end(refusal(error, host.pending));
  }
  return true;
}

function linesOf({ whole, items }: EarlierTask) {
  return [...items.values(), ...(whole ? [whole] : [])];
}

function outcomeOfTask({ whole, items, status = 'ok' }: EarlierTask, itemsOf: () => readonly unknown[]): Outcome {
  if (whole) return outcomeOf(whole);
  if (items.size === 0) return outcomeOf({ status });
  const inOrder = [...items].sort(([one], [other]) => one - other);
  const values = itemsOf();
  return mergeItems(
    inOrder.map(([index]) => values[index]),
    inOrder.map(([, line]) => outcomeOf(line)),
  );
}
