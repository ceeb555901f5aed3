import type { Problems } from '../core/diagnostic.ts';
import { selectHosts } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';
import { checkCondition, checkExpressions } from '../render/expression.ts';
import type { Project } from './load-project.ts';

const conditions = ['when', 'until', 'changedWhen', 'failedWhen'] as const satisfies readonly (keyof Task)[];

const keywords = { when: 'when', until: 'until', changedWhen: 'changed_when', failedWhen: 'failed_when' } as const;

/** What takes playbook and inventory together, or the expressions' own language, to check. */
export function checkPlays({ playbooks, inventory }: Project, problems: Problems): void {
  for (const play of playbooks.flatMap(({ plays }) => plays)) {
    problems.attempt(() => selectHosts(inventory, play.hosts, play.at));
    for (const task of [...play.tasks, ...play.handlers]) checkTask(task, problems);
    checkLayer(play, problems);
  }
}

function checkTask(task: Task, problems: Problems): void {
  const locate = (...keys: (string | number)[]) => task.document.locate([...task.path, ...keys]);
  const found = [
    ...checkExpressions(task.args, (path) => locate(task.module, ...path)),
    ...checkExpressions(task.loop, (path) => locate('loop', ...path)),
    ...checkExpressions(task.vars.values, (path) => locate('vars', ...path)),
    ...checkExpressions(task.delegateTo, () => locate('delegate_to')),
    ...conditions.flatMap((name) => {
      const text = task[name];
      return text === undefined ? [] : checkCondition(text, locate(keywords[name]));
    }),
  ];
  for (const { code, message, ...details } of found) problems.add(code, message, details);
}

function checkLayer({ vars: { values, document, path: base } }: Play, problems: Problems): void {
  const found = checkExpressions(values, (path) => document?.locate([...base, ...path]));
  for (const { code, message, ...details } of found) problems.add(code, message, details);
}
