import type { Path } from '../core/source.ts';
import { didYouMean, nearest } from '../core/suggest.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { keywordsOfAnsible, moduleForAnsible } from './familiar-names.ts';
import { keywordHelp } from './keyword-values.ts';
import { taskSchema } from './keywords.ts';
import type { KeywordsFrom } from './statement.ts';
import type { Surroundings } from './surroundings.ts';

/** The one module of a task. Every other key that is no keyword is reported, and a task without a module. */
export function readModuleKeys(
  task: Readonly<Record<string, unknown>>,
  path: Path,
  { document, play }: Surroundings,
): ModuleSchema | undefined {
  const { modules, problems } = play;
  const keys = Object.keys(task).filter((key) => !Object.hasOwn(taskSchema.properties, key));
  const found = keys.filter((key) => modules.has(key));
  const owner = { schema: taskSchema, owner: 'a task', document, path, problems };
  for (const key of keys)
    if (!modules.has(key)) reportUnknownKey(key, { ...owner, modules, hasModule: found.length > 0 });
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

/** Every key of a play, a block, an include or a role that is no keyword of it. */
export function checkStatementKeys(
  raw: Readonly<Record<string, unknown>>,
  from: KeywordsFrom,
  modules: ReadonlyMap<string, ModuleSchema>,
): void {
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(from.schema.properties, key)) reportUnknownKey(key, { ...from, modules, hasModule: true });
  }
}

interface UnknownKey extends KeywordsFrom {
  readonly modules: ReadonlyMap<string, ModuleSchema>;
  readonly hasModule: boolean;
}

function reportUnknownKey(key: string, unknown: UnknownKey): void {
  const { schema, owner, document, path, problems, modules, hasModule } = unknown;
  const at = document.locate([...path, key], 'key');
  const keywords = Object.keys(schema.properties);
  const cure = Object.hasOwn(keywordsOfAnsible, key) ? keywordsOfAnsible[key] : undefined;
  if (cure) {
    problems.add('PV1102', `${owner} has no keyword \`${key}\``, { at, help: cure });
  } else if (key === 'rescue' || key === 'always') {
    const help = 'write `block:` with the tasks beside it';
    problems.add('PV1102', `\`${key}\` belongs to a \`block\``, { at, help });
  } else if (owner !== 'a task' && modules.has(key)) {
    const help = 'write it as a task of its own, in the list';
    problems.add('PV1102', `\`${key}\` is a module, and ${owner} has none`, { at, help });
  } else if (
    owner === 'a task' &&
    (moduleForAnsible(key) || key.includes('.') || (!hasModule && nearest(key, keywords).length === 0))
  ) {
    reportUnknownModule(key, unknown);
  } else {
    const label = didYouMean(key, keywords);
    const help = keywordHelp(owner);
    problems.add('PV1102', `${owner} has no keyword \`${key}\``, { at, ...(label && { label }), help });
  }
}

function reportUnknownModule(key: string, { path, document, modules, problems }: UnknownKey): void {
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
