import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import { checkTemplated, checkValue } from '../schema/check.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { checkBareExpressions, keywordWording, listOfNames, withoutEmpty } from './keyword-values.ts';
import { type TaskKeywords, taskSchema } from './keywords.ts';
import { readModuleKeys } from './module-key.ts';
import type { Task } from './playbook.ts';
import { checkVariableName } from './variable-name.ts';
import { readVars } from './vars.ts';

export interface TaskContext {
  readonly document: Located;
  readonly modules: ReadonlyMap<string, ModuleSchema>;
  readonly problems: Problems;
  readonly playTags: readonly string[];
}

/** One task or handler; `undefined` when it has no module to go on with. */
export function readTask(raw: unknown, path: Path, context: TaskContext): Task | undefined {
  const { document, problems } = context;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const help = 'write `- family.name: { argument: value }`';
    problems.add('PV1101', 'a task is a map: a name, a module, keywords', { at: document.locate(path), help });
    return undefined;
  }
  const all = withoutEmpty(raw as Record<string, unknown>, ['vars']);
  const module = readModuleKeys(all, path, context);
  const keywords = readKeywords(all, path, context);
  const vars = readVars(keywords.vars, { origin: 'task vars', document, path: [...path, 'vars'] }, problems);
  if (!module) return undefined;
  checkArgumentsOf(module, all[module.name], { path, context });
  return { ...taskOf(keywords, module.name, context), args: all[module.name] ?? {}, vars, document, path };
}

function taskOf(keywords: TaskKeywords, module: string, context: TaskContext) {
  const { when, loop, register, become } = keywords;
  return {
    name: keywords.name ?? module,
    module,
    notify: listOfNames(keywords.notify),
    listen: listOfNames(keywords.listen),
    tags: [...new Set([...context.playTags, ...listOfNames(keywords.tags, ',')])],
    runOnce: keywords.run_once ?? false,
    ignoreErrors: keywords.ignore_errors ?? false,
    noLog: keywords.no_log ?? false,
    retries: keywords.retries ?? 3,
    delay: keywords.delay ?? 5,
    ...(when !== undefined && { when }),
    ...(loop !== undefined && { loop }),
    ...(register !== undefined && { register }),
    ...(become !== undefined && { become }),
    ...(keywords.become_user !== undefined && { becomeUser: keywords.become_user }),
    ...(keywords.delegate_to !== undefined && { delegateTo: keywords.delegate_to }),
    ...(keywords.changed_when !== undefined && { changedWhen: keywords.changed_when }),
    ...(keywords.failed_when !== undefined && { failedWhen: keywords.failed_when }),
    ...(keywords.until !== undefined && { until: keywords.until }),
  };
}

/** The keywords that are as they should be; what is wrong with the others is reported. */
function readKeywords(all: Record<string, unknown>, path: Path, { document, problems }: TaskContext): TaskKeywords {
  const keywords = Object.fromEntries(Object.entries(all).filter(([key]) => Object.hasOwn(taskSchema.properties, key)));
  const locate = (inner: Path, part?: 'key' | 'value') => document.locate([...path, ...inner], part);
  const wrong = checkValue(taskSchema, keywords, {
    locate,
    wording: keywordWording('a task', Object.keys(taskSchema.properties)),
  });
  for (const { code, message, ...details } of wrong) problems.add(code, message, details);
  for (const { argument } of wrong) delete keywords[String(argument?.[0])];
  const { register } = keywords;
  if (typeof register === 'string') checkVariableName(register, locate(['register']), problems);
  checkBareExpressions(keywords, locate, problems);
  return keywords as TaskKeywords;
}

function checkArgumentsOf(
  module: ModuleSchema,
  args: unknown,
  { path, context: { document, problems } }: { path: Path; context: TaskContext },
): void {
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
