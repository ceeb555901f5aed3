import type { Diagnostic, Problems } from '../core/diagnostic.ts';
import { checkTemplates } from '../engine/arguments.ts';
import { templateFolders } from '../engine/template-files.ts';
import { selectHosts } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';
import { findModule } from '../modules/registry.ts';
import { checkCondition, checkExpressions } from '../render/expression.ts';
import { checkTaskNames, createNameCheck } from './check-names.ts';
import type { Project, Selection } from './project.ts';
import { conditions, placeIn } from './task-places.ts';

/** What takes playbook and inventory together, or the language of expressions, to check. */
export function checkPlays(project: Project, selection: Selection, problems: Problems): void {
  const { limit } = selection;
  const within =
    limit === undefined ? undefined : problems.attempt(() => new Set(selectHosts(project.inventory, limit)));
  const names = createNameCheck(project, selection);
  for (const play of project.playbooks.flatMap(({ plays }) => plays)) {
    const hosts = problems.attempt(() => selectHosts(project.inventory, play.hosts, play.at)) ?? [];
    keep(checkLayer(play), problems);
    const folders = templateFolders(play.playbook);
    for (const task of [...play.tasks, ...play.handlers]) {
      const module = findModule(task.module);
      const mistakes = [...checkTask(task), ...(module ? checkTemplates(task, module, { folders }) : [])];
      keep(mistakes, problems);
      // names mean nothing in a text that cannot be read
      if (mistakes.length > 0) continue;
      const reached = hosts.filter((host) => within?.has(host) ?? true);
      keep(
        reached.flatMap((host) => checkTaskNames(task, { play, host }, names)),
        problems,
      );
    }
  }
}

function keep(diagnostics: readonly Diagnostic[], problems: Problems): void {
  for (const { code, message, ...details } of diagnostics) problems.add(code, message, details);
}

function checkTask(task: Task): Diagnostic[] {
  const at = placeIn(task);
  return [
    ...checkExpressions(task.args, (path) => at(task.module, ...path)),
    ...checkExpressions(task.loop, (path) => at('loop', ...path)),
    ...checkExpressions(task.vars.values, (path) => at('vars', ...path)),
    ...checkExpressions(task.delegateTo, () => at('delegate_to')),
    ...(Object.keys(conditions) as (keyof typeof conditions)[]).flatMap((name) => {
      const text = task[name];
      return text === undefined ? [] : checkCondition(text, at(conditions[name]));
    }),
  ];
}

function checkLayer({ vars: { values, document, path: base } }: Play): Diagnostic[] {
  return checkExpressions(values, (path) => document?.locate([...base, ...path]));
}
