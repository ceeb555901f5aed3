import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { checkValue } from '../schema/check.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { keywordsOfAnsible, keywordsToCome } from './familiar-names.ts';
import { checkHandlers } from './handlers.ts';
import { keywordHelp, keywordWording, listOfNames, withoutEmpty } from './keyword-values.ts';
import { type PlayKeywords, type PromptKeywords, playSchema } from './keywords.ts';
import type { Play, Playbook, Task, VarPrompt } from './playbook.ts';
import { readTask } from './task.ts';
import { checkVariableName } from './variable-name.ts';
import { readVars } from './vars.ts';

export interface PlayContext {
  readonly document: Located;
  readonly modules: ReadonlyMap<string, ModuleSchema>;
  readonly problems: Problems;
  readonly playbook: Playbook;
}

/** One play; `undefined` when it is not even a map. */
export function readPlay(raw: unknown, path: Path, context: PlayContext): Play | undefined {
  const { document, problems } = context;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problems.add('PV1101', 'a play is a map: name, hosts, tasks', { at: document.locate(path), help: '- hosts: all' });
    return undefined;
  }
  const keywords = readKeywords(raw as Record<string, unknown>, path, context);
  const hosts = listOfNames(keywords.hosts).join(',');
  const tags = listOfNames(keywords.tags, ',');
  const tasks = readTasks(keywords.tasks, [...path, 'tasks'], { context, tags });
  const handlers = readTasks(keywords.handlers, [...path, 'handlers'], { context, tags });
  checkHandlers(tasks, handlers, problems);
  return {
    name: keywords.name ?? hosts,
    hosts,
    ...(keywords.become !== undefined && { become: keywords.become }),
    ...(keywords.become_user !== undefined && { becomeUser: keywords.become_user }),
    vars: readVars(keywords.vars, { origin: 'play vars', document, path: [...path, 'vars'] }, problems),
    varsPrompt: readPrompts(keywords.vars_prompt ?? [], [...path, 'vars_prompt'], context),
    tags,
    tasks,
    handlers,
    playbook: context.playbook,
    at: document.locate([...path, 'hosts']),
  };
}

function readKeywords(raw: Record<string, unknown>, path: Path, { document, problems }: PlayContext): PlayKeywords {
  const all = withoutEmpty(raw, ['tasks', 'handlers', 'vars', 'vars_prompt', 'tags']);
  const known = Object.keys(playSchema.properties);
  for (const key of Object.keys(all)) {
    if (known.includes(key)) continue;
    const at = document.locate([...path, key], 'key');
    const toCome = Object.hasOwn(keywordsToCome, key) ? keywordsToCome[key] : undefined;
    const label = didYouMean(key, known);
    const cure = Object.hasOwn(keywordsOfAnsible, key) ? keywordsOfAnsible[key] : undefined;
    if (toCome) problems.add('PV1103', `\`${key}\` is not there yet`, { at, help: toCome });
    else {
      const help = cure ?? keywordHelp('a play', known);
      problems.add('PV1102', `a play has no keyword \`${key}\``, { at, ...(label && !cure && { label }), help });
    }
  }
  const isImport = Object.hasOwn(all, 'import_playbook');
  const keywords = Object.fromEntries(Object.entries(all).filter(([key]) => known.includes(key)));
  const locate = (inner: Path, part?: 'key' | 'value') => document.locate([...path, ...inner], part);
  const wrong = isImport ? [] : checkValue(playSchema, keywords, { locate, wording: keywordWording('a play', known) });
  for (const { code, message, ...details } of wrong) problems.add(code, message, details);
  for (const { argument } of wrong) delete keywords[String(argument?.[0])];
  return { hosts: '', ...keywords };
}

function readTasks(
  raw: readonly unknown[] | undefined,
  path: Path,
  { context, tags }: { context: PlayContext; tags: readonly string[] },
): Task[] {
  const tasks = (raw ?? []).map((task, index) => readTask(task, [...path, index], { ...context, playTags: tags }));
  return tasks.filter((task) => task !== undefined);
}

function readPrompts(prompts: readonly PromptKeywords[], path: Path, context: PlayContext): VarPrompt[] {
  return prompts.map((prompt, index) => {
    const at = context.document.locate([...path, index, 'name']);
    checkVariableName(prompt.name, at, context.problems);
    return { ...prompt, prompt: prompt.prompt ?? prompt.name, private: prompt.private ?? true, at };
  });
}
