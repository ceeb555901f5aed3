import type { Path, Span } from '../core/source.ts';
import { checkTemplated } from '../schema/check.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { actionArguments, checkAction } from './actions.ts';
import { listOfNames } from './keyword-values.ts';
import { type TaskKeywords, taskSchema } from './keywords.ts';
import { withModuleDefaults } from './module-defaults.ts';
import { readModuleKeys } from './module-key.ts';
import type { Task } from './playbook.ts';
import { settingOf } from './setting.ts';
import { readKeywords, statementOf } from './statement.ts';
import type { Surroundings } from './surroundings.ts';
import { checkVariableName } from './variable-name.ts';

/** One task or handler; `undefined` when it has no module to go on with. */
export function readTask(
  raw: Readonly<Record<string, unknown>>,
  path: Path,
  surroundings: Surroundings,
): Task | undefined {
  const { document, inherited, play } = surroundings;
  const { problems } = play;
  const module = readModuleKeys(raw, path, surroundings);
  const from = { schema: taskSchema, owner: 'a task', document, path, problems };
  const keywords = readKeywords(raw, from) as TaskKeywords;
  const { register } = keywords;
  if (register !== undefined) checkVariableName(register, document.locate([...path, 'register']), problems);
  const { statement } = statementOf(keywords, { module: module?.name ?? '', origin: 'task vars', path }, surroundings);
  if (!module) return undefined;
  const own = actionArguments(module, raw[module.name]);
  const args = withModuleDefaults(own, module, inherited.moduleDefaults);
  checkArgumentsOf(module, args, { path, surroundings });
  const task = { ...statement, ...ownKeywords(keywords, (key) => document.locate([...path, key])), args: args ?? {} };
  checkAction(task, problems);
  return task;
}

function ownKeywords(keywords: TaskKeywords, at: (keyword: string) => Span) {
  const { changed_when, failed_when, until, retries } = keywords;
  return {
    listen: listOfNames(keywords.listen),
    again: until !== undefined || retries !== undefined,
    retries: settingOf(retries ?? 3, () => at('retries')),
    delay: settingOf(keywords.delay ?? 5, () => at('delay')),
    backoff: settingOf(keywords.backoff ?? 1, () => at('backoff')),
    ...(changed_when !== undefined && { changedWhen: changed_when }),
    ...(failed_when !== undefined && { failedWhen: failed_when }),
    ...(until !== undefined && { until }),
  };
}

function checkArgumentsOf(
  module: ModuleSchema,
  args: unknown,
  { path, surroundings }: { path: Path; surroundings: Surroundings },
): void {
  const { document } = surroundings;
  const { problems } = surroundings.play;
  const below = [...path, module.name];
  const isMap = typeof args === 'object' && !Array.isArray(args);
  if (!isMap && args !== undefined && !(typeof args === 'string' && /^\s*<%.*%>\s*$/s.test(args))) {
    problems.add('PV1202', `the arguments of ${module.name} are a map`, {
      at: document.locate(below),
      help: `${module.name}: { ${firstArgument(module)}: … }; all of them: provision doc ${module.name}`,
    });
    return;
  }
  if (!isMap) return;
  const locate = (inner: Path, part?: 'key' | 'value') => document.locate([...below, ...inner], part);
  for (const { code, message, argument: _, ...details } of checkTemplated(module, args, locate)) {
    problems.add(code, message, details);
  }
}

function firstArgument({ args }: ModuleSchema): string {
  const required = (args as { required?: readonly string[] }).required ?? [];
  return required[0] ?? Object.keys(args.properties)[0] ?? 'argument';
}
