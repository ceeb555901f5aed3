import type { Path } from '../core/source.ts';
import { readBlock } from './block.ts';
import { readInclude } from './include.ts';
import { isBlock } from './is-block.ts';
import { isMap } from './plain-map.ts';
import type { Item } from './playbook.ts';
import type { Surroundings } from './surroundings.ts';
import { readTask } from './task.ts';

/** A list of tasks, blocks and includes. */
export function readItems(raw: readonly unknown[], path: Path, surroundings: Surroundings): Item[] {
  return raw.flatMap((item, index) => readItem(item, [...path, index], surroundings) ?? []);
}

function readItem(raw: unknown, path: Path, surroundings: Surroundings): Item | undefined {
  const { document, play } = surroundings;
  if (!isMap(raw)) {
    const help = 'write `- family.name: { argument: value }`';
    play.problems.add('PV1101', 'a task is a map: a name, a module, keywords', { at: document.locate(path), help });
    return undefined;
  }
  if (Object.hasOwn(raw, 'block')) return readBlock(raw, path, surroundings);
  if (Object.hasOwn(raw, 'include')) return readInclude(raw, path, surroundings);
  const task = readTask(raw, path, surroundings);
  if (task) play.tasks.push(task);
  return task;
}

/** Handlers are plain tasks: several answer to one name by `listen`. */
export function readHandlers(raw: readonly unknown[], path: Path, surroundings: Surroundings): void {
  const { document, play } = surroundings;
  // They are no part of what runs in order.
  const apart = { ...surroundings, play: { ...play, tasks: [] } };
  raw.forEach((item, index) => {
    const at = [...path, index];
    const grouping = isMap(item) ? ['block', 'include'].find((key) => Object.hasOwn(item, key)) : undefined;
    const handler = grouping === undefined ? readItem(item, at, apart) : undefined;
    if (handler && !isBlock(handler)) play.handlers.push(handler);
    if (grouping === undefined) return;
    play.problems.add('PV1115', `a handler is one task, not \`${grouping}\``, {
      at: document.locate([...at, grouping], 'key'),
      help: 'make each of its tasks a handler, and let them `listen` to one name, which tasks notify',
    });
  });
}
