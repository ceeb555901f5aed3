import type { Diagnostic, Problems } from '../core/diagnostic.ts';
import { checkTemplates } from '../engine/arguments.ts';
import { partsOf } from '../engine/condition.ts';
import { hostsOfPlay, withGroupsToCome } from '../engine/play-hosts.ts';
import { selectHosts } from '../load/inventory.ts';
import type { Play, Statement, Task } from '../load/playbook.ts';
import { unevaluatedOf } from '../load/setting.ts';
import type { VariableLayer } from '../load/variables.ts';
import { findModule } from '../modules/registry.ts';
import { checkCondition, checkExpressions } from '../render/expression.ts';
import { checkStatementNames, createNameCheck } from './check-names.ts';
import type { Project, Selection } from './project.ts';
import { bareArgument, conditionsOf, placeIn } from './task-places.ts';

/** What takes playbook and inventory together, or the language of expressions, to check. */
export function checkPlays(project: Project, selection: Selection, problems: Problems): void {
  const { limit } = selection;
  const plays = project.playbooks.flatMap((playbook) => playbook.plays);
  const inventory = withGroupsToCome(project.inventory, plays);
  const within = limit === undefined ? undefined : problems.attempt(() => new Set(selectHosts(inventory, limit)));
  const names = createNameCheck({ ...project, inventory }, selection);
  for (const play of plays) {
    const hosts = problems.attempt(() => hostsOfPlay(play, inventory, plays)) ?? [];
    const reached = hosts.filter((host) => within?.has(host) ?? true);
    keep(layersOf(play).flatMap(checkLayer), problems);
    for (const statement of [...play.blocks, ...play.tasks, ...play.handlers]) {
      const mistakes = [...checkStatement(statement), ...('args' in statement ? checkTask(statement) : [])];
      keep(mistakes, problems);
      // names mean nothing in a text that cannot be read
      if (mistakes.length > 0) continue;
      keep(
        reached.flatMap((host) => checkStatementNames(statement, { play, host }, names)),
        problems,
      );
    }
  }
}

function keep(diagnostics: readonly Diagnostic[], problems: Problems): void {
  for (const { code, message, ...details } of diagnostics) problems.add(code, message, details);
}

/** What tasks and blocks say alike. */
function checkStatement(statement: Statement): Diagnostic[] {
  const at = placeIn(statement);
  // What a block around it says is told there.
  const isOwn = statement.delegateTo !== statement.within?.delegateTo;
  return [
    ...checkExpressions(statement.loop, (path) => at('loop', ...path)),
    ...checkExpressions(statement.loopControl.label, () => at('loop_control', 'label')),
    ...checkExpressions(statement.vars.values, (path) => at('vars', ...path)),
    ...unevaluatedOf(statement).flatMap(({ text, at: place }) => checkExpressions(text, () => place)),
    ...(isOwn ? checkExpressions(statement.delegateTo, () => at('delegate_to')) : []),
    ...conditionsOf(statement).flatMap(({ condition, keyword }) =>
      partsOf(condition, statement, keyword).flatMap((part) => checkCondition(part.text, part.at())),
    ),
  ];
}

function checkTask(task: Task): Diagnostic[] {
  const at = placeIn(task);
  const module = findModule(task.module);
  const bare = bareArgument(task);
  return [
    ...checkExpressions(task.args, (path) => at(task.module, ...path)),
    ...(bare ? checkCondition(bare.text, bare.at) : []),
    ...(module ? checkTemplates(task, module, { folders: task.templateFolders }) : []),
  ];
}

/** Every layer of variables that belongs to a play and the roles in it, each once. */
function layersOf({ vars, varsFiles, blocks, tasks }: Play): readonly VariableLayer[] {
  const statements = [...blocks, ...tasks];
  const inside = statements.flatMap(({ defaults, layers, environment }) => [...defaults, ...layers, ...environment]);
  const own = new Set(statements.map((statement) => statement.vars));
  return [...new Set([vars, ...varsFiles, ...inside])].filter((layer) => !own.has(layer));
}

function checkLayer({ values, document, path: base }: VariableLayer): Diagnostic[] {
  return checkExpressions(values, (path) => document?.locate([...base, ...path]));
}
