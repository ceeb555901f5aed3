import type { Task } from '../load/playbook.ts';

export interface TagSelection {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** Tags as Ansible reads them: `always` runs unless skipped, `never` only when asked for. */
export function tagsSelect(task: Pick<Task, 'tags'>, selection: TagSelection): boolean {
  const has = (tag: string): boolean => task.tags.includes(tag);
  const kind = task.tags.length > 0 ? 'tagged' : 'untagged';
  if (selection.skipTags.some((tag) => has(tag) || tag === kind)) return false;
  if (selection.tags.some(has)) return true;
  if (has('never')) return false;
  if (selection.tags.includes(kind)) return true;
  return has('always') || selection.tags.length === 0 || selection.tags.includes('all');
}
