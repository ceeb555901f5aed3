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
  /** What each task looks for. */
  readonly asked: Map<Task, readonly string[]>;
}

export function createNameCheck(project: Project, selection: Selection): NameCheck {
  const tasks = project.playbooks.flatMap(({ plays }) =>
    plays.flatMap(({ tasks, handlers }) => [...tasks, ...handlers]),
  );
  const registered = tasks.flatMap(({ register }) => register ?? []);
  return { project, selection, later: Object.fromEntries(registered.map((name) => [name, true])), asked: new Map() };
}

/**
 * Names that a task uses and its host does not have. A task with a condition may never run where they are missing, so
 * of it only the condition is looked at. What a task asks for is the same on all hosts; most have all of it.
 */
export function checkTaskNames(
  task: Task,
  { play, host }: { readonly play: Play; readonly host: string },
  check: NameCheck,
): Diagnostic[] {
  if (!tagsSelect(task, check.selection)) return [];
  const scope = scopeFor(task, { play, host }, check);
  return namesOf(task, play, check).every((name) => scope.has(name)) ? [] : missingNames(task, { play, scope });
}

/** Every name that the task looks for: what it asks of a scope that has them all. */
function namesOf(task: Task, play: Play, { asked }: NameCheck): readonly string[] {
  const known = asked.get(task);
  if (known) return known;
  const names = new Set<string>();
  const has = (name: string): boolean => {
    names.add(name);
    return true;
  };
  missingNames(task, { play, scope: { has, names: () => [], resolve: () => undefined } });
  asked.set(task, [...names]);
  return [...names];
}

function missingNames(task: Task, { play, scope }: { readonly play: Play; readonly scope: Scope }): Diagnostic[] {
  const at = placeIn(task);
  const inside = task.loop === undefined ? scope : withNames(scope, { item: true });
  if (task.when !== undefined) return checkConditionNames(task.when, inside, at('when'));
  return [
    ...checkNames(task.loop, scope, (path) => at('loop', ...path)),
    ...checkNames(task.args, inside, (path) => at(task.module, ...path)),
    ...templateNames(task, { play, scope: inside }),
    ...checkNames(task.delegateTo, inside, () => at('delegate_to')),
    ...(['until', 'changedWhen', 'failedWhen'] as const).flatMap((name) => {
      const text = task[name];
      return text === undefined ? [] : checkConditionNames(text, inside, at(conditions[name]));
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
