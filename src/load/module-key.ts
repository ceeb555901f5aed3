import type { Path } from '../core/source.ts';
import { didYouMean, nearest } from '../core/suggest.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { keywordsOfAnsible, keywordsToCome, moduleForAnsible } from './familiar-names.ts';
import { keywordHelp } from './keyword-values.ts';
import { taskSchema } from './keywords.ts';
import type { TaskContext } from './task.ts';

/** The one module of a task. Every other key that is no keyword is reported, and a task without a module. */
export function readModuleKeys(
  task: Readonly<Record<string, unknown>>,
  path: Path,
  context: TaskContext,
): ModuleSchema | undefined {
  const { document, modules, problems } = context;
  const keys = Object.keys(task).filter((key) => !Object.hasOwn(taskSchema.properties, key));
  const found = keys.filter((key) => modules.has(key));
  const unknown = keys.filter((key) => !modules.has(key));
  for (const key of unknown) reportUnknownKey(key, { path, context, hasModule: found.length > 0 });
  const [first, second] = found;
  if (second !== undefined) {
    problems.add(
      'PV1106',
      `a task has one module, and this one has ${found.map((name) => `\`${name}\``).join(' and ')}`,
      {
        at: document.locate([...path, second], 'key'),
        related: [{ at: document.locate([...path, first ?? second], 'key'), message: 'the other one' }],
        help: 'make two tasks of it: begin a new one with `- `',
      },
    );
  }
  if (keys.length === 0) {
    problems.add('PV1106', 'this task has no module', {
      at: document.locate(path, 'key'),
      help: 'name what it does, `family.name:` with its arguments; all of them: provision doc',
    });
  }
  return first === undefined ? undefined : modules.get(first);
}

interface UnknownKey {
  readonly path: Path;
  readonly context: TaskContext;
  readonly hasModule: boolean;
}

function reportUnknownKey(key: string, { path, context, hasModule }: UnknownKey): void {
  const at = context.document.locate([...path, key], 'key');
  const keywords = Object.keys(taskSchema.properties);
  const toCome = Object.hasOwn(keywordsToCome, key) ? keywordsToCome[key] : undefined;
  const cure = Object.hasOwn(keywordsOfAnsible, key) ? keywordsOfAnsible[key] : undefined;
  if (toCome) {
    context.problems.add('PV1103', `\`${key}\` is not there yet`, { at, help: toCome });
  } else if (cure) {
    context.problems.add('PV1102', `a task has no keyword \`${key}\``, { at, help: cure });
  } else if (moduleForAnsible(key) || key.includes('.') || (!hasModule && nearest(key, keywords).length === 0)) {
    reportUnknownModule(key, { path, context, hasModule });
  } else {
    const label = didYouMean(key, keywords);
    const help = keywordHelp('a task', keywords);
    context.problems.add('PV1102', `a task has no keyword \`${key}\``, { at, ...(label && { label }), help });
  }
}

function reportUnknownModule(key: string, { path, context: { document, modules, problems } }: UnknownKey): void {
  const familiar = moduleForAnsible(key);
  const at = document.locate([...path, key], 'key');
  const label = familiar ? undefined : didYouMean(key, modules.keys());
  const family = [...modules.keys()].filter((name) => name.startsWith(`${key.split('.', 1)[0]}.`));
  const help = familiar
    ? `what Ansible calls \`${key}\` is \`${familiar}\` here: provision doc ${familiar}`
    : family.length > 0
      ? `that family has ${family.map((name) => `\`${name}\``).join(', ')}`
      : 'provision doc lists the modules';
  problems.add('PV1201', `there is no module \`${key}\``, { at, ...(label && { label }), help });
}
