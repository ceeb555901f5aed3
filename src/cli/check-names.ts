import type { Diagnostic } from '../core/diagnostic.ts';
import { Secrets } from '../core/secret.ts';
import { checkTemplates } from '../engine/arguments.ts';
import { partsOf } from '../engine/condition.ts';
import { createScope } from '../engine/scope.ts';
import { isSelected, selectTasks } from '../engine/selection.ts';
import { layersOf } from '../engine/task-layers.ts';
import { isBlock } from '../load/is-block.ts';
import { loopNames } from '../load/loop-control.ts';
import type { Block, Play, Task } from '../load/playbook.ts';
import { unevaluatedOf } from '../load/setting.ts';
import { findModule } from '../modules/registry.ts';
import { checkConditionNames, checkNames } from '../render/expression.ts';
import { type Scope, withNames } from '../render/scope.ts';
import type { Project, Selection } from './project.ts';
import { bareArgument, conditionsOf, placeIn } from './task-places.ts';

export interface NameCheck {
  readonly project: Project;
  readonly chosen: ReadonlyMap<Play, ReadonlySet<Task>>;
  /** Names that only a run gives a value to: results of tasks, facts that are set. */
  readonly later: Readonly<Record<string, unknown>>;
  /** None: names are only looked for. */
  readonly secrets: Secrets;
  /** What each task or block looks for. */
  readonly asked: Map<Task | Block, readonly string[]>;
}

export function createNameCheck(project: Project, selection: Selection): NameCheck {
  const plays = project.playbooks.flatMap((playbook) => playbook.plays);
  const tasks = plays.flatMap((play) => [...play.tasks, ...play.handlers]);
  const later = tasks.flatMap((task) => [task.register ?? [], factsOf(task)].flat());
  const chosen = selectTasks(plays, selection);
  const names = Object.fromEntries(later.map((name) => [name, true]));
  return { project, chosen, later: names, secrets: new Secrets(), asked: new Map() };
}

/**
 * Names that a task or block uses and its host does not have. One with a condition may never run where they are missing,
 * so of it only the condition is looked at. What it asks for is the same on all hosts; most have all of it.
 */
export function checkStatementNames(
  statement: Task | Block,
  { play, host }: { readonly play: Play; readonly host: string },
  check: NameCheck,
): Diagnostic[] {
  const isHandler = !isBlock(statement) && play.handlers.includes(statement);
  if (!isHandler && !isSelected(statement, check.chosen.get(play) ?? new Set())) return [];
  const scope = scopeFor(statement, { play, host }, check);
  return namesOf(statement, check).every((name) => scope.has(name)) ? [] : missingNames(statement, scope);
}

/** Every name that is looked for: what is asked of a scope that has them all. */
function namesOf(statement: Task | Block, { asked }: NameCheck): readonly string[] {
  const known = asked.get(statement);
  if (known) return known;
  const names = new Set<string>();
  const has = (name: string): boolean => {
    names.add(name);
    return true;
  };
  missingNames(statement, { has, names: () => [], resolve: () => undefined });
  asked.set(statement, [...names]);
  return [...names];
}

function missingNames(statement: Task | Block, scope: Scope): Diagnostic[] {
  if (isUncertain(statement)) return [];
  const at = placeIn(statement);
  const around = withNames(scope, trueFor(statement.given));
  const inside = withNames(around, trueFor(loopNames(statement)));
  const loop = checkNames(statement.loop, around, (path) => at('loop', ...path));
  if (statement.when !== undefined) {
    // Of a list the first is the only one that is surely asked.
    const [first] = partsOf(statement.when, statement, 'when');
    return [...loop, ...(first ? checkConditionNames(first.text, inside, first.at()) : [])];
  }
  const label = checkNames(statement.loopControl.label, inside, () => at('loop_control', 'label'));
  return [...loop, ...label, ...(isBlock(statement) ? [] : missingInTask(statement, inside))];
}

function missingInTask(task: Task, scope: Scope): Diagnostic[] {
  const at = placeIn(task);
  const module = findModule(task.module);
  const bare = bareArgument(task);
  return [
    ...checkNames(task.args, scope, (path) => at(task.module, ...path)),
    ...(bare ? checkConditionNames(bare.text, scope, bare.at) : []),
    ...(module ? checkTemplates(task, module, { folders: task.templateFolders, scope }) : []),
    ...unevaluatedOf(task).flatMap(({ text, at: place }) => checkNames(text, scope, () => place)),
    ...checkNames(task.delegateTo, scope, () => at('delegate_to')),
    ...task.environment.flatMap(({ values, document, path: base }) =>
      checkNames(values, scope, (path) => document?.locate([...base, ...path])),
    ),
    ...conditionsOf(task).flatMap(({ condition, keyword }) =>
      partsOf(condition, task, keyword)
        .slice(0, 1)
        .flatMap((part) => checkConditionNames(part.text, scope, part.at())),
    ),
  ];
}

/** A block around it has a condition, or it runs only after a failure. */
function isUncertain(statement: Task | Block): boolean {
  let inner = statement;
  for (let block = statement.within; block; block = block.within) {
    if (block.when !== undefined || block.rescue.includes(inner)) return true;
    inner = block;
  }
  return false;
}

function factsOf({ module, args }: Task): readonly string[] {
  return module === 'set_fact' && typeof args === 'object' && args !== null ? Object.keys(args) : [];
}

function trueFor(names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, true]));
}

interface Standing {
  readonly play: Play;
  readonly host: string;
}

function scopeFor(statement: Task | Block, { play, host }: Standing, { project, later, secrets }: NameCheck): Scope {
  const prompted = trueFor(play.varsPrompt.map(({ name }) => name));
  const ofHost = project.inventory.hosts.get(host)?.layers ?? [];
  return createScope({
    inventory: project.inventory,
    host,
    layers: layersOf(statement, { play, host: ofHost, prompted: [] }),
    data: { ...prompted, ...later },
    extra: project.extra,
    secrets,
  });
}
