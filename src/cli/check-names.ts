import type { Diagnostic } from '../core/diagnostic.ts';
import { Secrets } from '../core/secret.ts';
import { checkTemplates } from '../engine/arguments.ts';
import { createScope } from '../engine/scope.ts';
import { tagsSelect } from '../engine/tags.ts';
import { templateFolders } from '../engine/template-files.ts';
import type { Play, Task } from '../load/playbook.ts';
import { findModule } from '../modules/registry.ts';
import { checkConditionNames, checkNames } from '../render/expression.ts';
import { type Scope, withNames } from '../render/scope.ts';
import type { Project, Selection } from './project.ts';
import { conditions, placeIn } from './task-places.ts';

export interface NameCheck {
  readonly project: Project;
  readonly selection: Selection;
  /** Names that only a run gives a value to: results of tasks. */
  readonly later: Readonly<Record<string, unknown>>;
}

export function createNameCheck(project: Project, selection: Selection): NameCheck {
  const tasks = project.playbooks.flatMap(({ plays }) =>
    plays.flatMap(({ tasks, handlers }) => [...tasks, ...handlers]),
  );
  const registered = tasks.flatMap(({ register }) => register ?? []);
  return { project, selection, later: Object.fromEntries(registered.map((name) => [name, true])) };
}

/**
 * Names that a task uses and its host does not have. A task with a condition may never run where they are missing, so
 * of it only the condition is looked at.
 */
export function checkTaskNames(
  task: Task,
  { play, host }: { readonly play: Play; readonly host: string },
  check: NameCheck,
): Diagnostic[] {
  if (!tagsSelect(task, check.selection)) return [];
  const scope = scopeFor(task, { play, host }, check);
  const at = placeIn(task);
  if (task.when !== undefined) return checkConditionNames(task.when, withItem(task, scope), at('when'));
  return [
    ...checkNames(task.loop, scope, (path) => at('loop', ...path)),
    ...checkNames(task.args, withItem(task, scope), (path) => at(task.module, ...path)),
    ...templateNames(task, { play, scope: withItem(task, scope) }),
    ...checkNames(task.delegateTo, withItem(task, scope), () => at('delegate_to')),
    ...(['until', 'changedWhen', 'failedWhen'] as const).flatMap((name) => {
      const text = task[name];
      return text === undefined ? [] : checkConditionNames(text, withItem(task, scope), at(conditions[name]));
    }),
  ];
}

function templateNames(task: Task, { play, scope }: { readonly play: Play; readonly scope: Scope }): Diagnostic[] {
  const module = findModule(task.module);
  return module ? checkTemplates(task, module, { folders: templateFolders(play.playbook), scope }) : [];
}

function scopeFor(task: Task, { play, host }: { play: Play; host: string }, { project, later }: NameCheck): Scope {
  const prompted = Object.fromEntries(play.varsPrompt.map(({ name }) => [name, true]));
  return createScope({
    inventory: project.inventory,
    host,
    layers: [...(project.inventory.hosts.get(host)?.layers ?? []), play.vars, task.vars],
    data: { ...prompted, ...later },
    extra: project.extra,
    secrets: new Secrets(),
  });
}

function withItem(task: Task, scope: Scope): Scope {
  return task.loop === undefined ? scope : withNames(scope, { item: true });
}
