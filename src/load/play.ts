import { dirname, join } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import { makeBlock } from './block.ts';
import { checkHandlers, warnOfIdle } from './handlers.ts';
import { type Inherited, inherit, nothingSaid } from './inherited.ts';
import { readHandlers, readItems } from './items.ts';
import { listOfNames } from './keyword-values.ts';
import { type PlayKeywords, type PromptKeywords, playSchema } from './keywords.ts';
import { checkModuleDefaults } from './module-defaults.ts';
import { checkStatementKeys } from './module-key.ts';
import { isMap } from './plain-map.ts';
import type { PlaybookImport, PlaybookReading } from './play-list.ts';
import type { Item, Play, VarPrompt } from './playbook.ts';
import { readRoleEntry } from './role-entry.ts';
import { readKeywords } from './statement.ts';
import type { PlayParts, Surroundings } from './surroundings.ts';
import { templateFoldersOf } from './template-folders.ts';
import { warnOfUnreachable } from './unreachable.ts';
import { checkVariableName } from './variable-name.ts';
import type { VariableLayer } from './variables.ts';
import { readVars } from './vars.ts';
import { readVarsFile } from './vars-file.ts';

/** One play; `undefined` when it is not even a map. */
export function readPlay(raw: unknown, path: Path, reading: PlaybookReading): Play | undefined {
  const { document, problems, playbook, modules } = reading;
  if (!isMap(raw)) {
    problems.add('PV1101', 'a play is a map: name, hosts, tasks', { at: document.locate(path), help: '- hosts: all' });
    return undefined;
  }
  const from = { schema: playSchema, owner: 'a play', document, path, problems };
  checkStatementKeys(raw, from, modules);
  const mistakes = problems.count;
  const keywords = { hosts: '', ...readKeywords(raw, from) } as PlayKeywords;
  const play = partsOf(reading);
  checkModuleDefaults(keywords.module_defaults, { document, path, play });
  const inherited = inheritedOf(keywords, path, reading);
  const surroundings = { document, inherited, way: [], play };
  const sections = readSections(keywords, { path, surroundings, imports: reading.imports });
  readHandlers(keywords.handlers ?? [], [...path, 'handlers'], surroundings);
  const statements = [...play.blocks, ...play.tasks];
  checkHandlers(statements, play.handlers, problems);
  // What cannot be read may notify, or have a condition.
  if (problems.count === mistakes) {
    // Those of a role may be there for others.
    const own = play.handlers.filter((handler) => handler.document === document);
    warnOfIdle(own, [...statements, ...play.handlers], problems);
    warnOfUnreachable(sections, problems);
  }
  return {
    ...settingsOf(keywords),
    vars: readVars(keywords.vars, { origin: 'play vars', document, path: [...path, 'vars'] }, problems),
    varsFiles: readVarsFiles(keywords, path, reading),
    varsPrompt: readPrompts(keywords.vars_prompt ?? [], [...path, 'vars_prompt'], reading),
    tags: inherited.tags,
    sections,
    tasks: play.tasks,
    blocks: play.blocks,
    handlers: play.handlers,
    playbook,
    at: document.locate([...path, 'hosts']),
  };
}

function partsOf({ playbook, modules, problems }: PlaybookReading): PlayParts {
  const parts = { tasks: [], blocks: [], handlers: [], roles: new Set<string>() };
  return { playbook, modules, problems, readItems, readHandlers, ...parts };
}

function settingsOf(keywords: PlayKeywords) {
  const hosts = listOfNames(keywords.hosts).join(',');
  return {
    name: keywords.name ?? hosts,
    hosts,
    order: keywords.order ?? ('inventory' as const),
    serial: keywords.serial === undefined ? [] : [keywords.serial].flat(),
    forceHandlers: keywords.force_handlers ?? false,
    ...(keywords.max_fail_percentage !== undefined && { maxFailPercentage: keywords.max_fail_percentage }),
  };
}

/** What holds for all tasks of the play: its own keywords, and the variables and tags of the imports that lead to it. */
function inheritedOf(keywords: PlayKeywords, path: Path, { document, playbook, imports, problems }: PlaybookReading) {
  let inherited: Inherited = nothingSaid(templateFoldersOf(playbook.folder));
  for (const one of imports) {
    const place = { origin: 'import vars', document: one.document, path: [...one.path, 'vars'] };
    const vars = readVars(one.keywords.vars, place, problems);
    const { tags } = one.keywords;
    inherited = inherit(inherited, { ...one, keywords: tags === undefined ? {} : { tags }, vars });
  }
  return inherit(inherited, { keywords, document, path });
}

interface SectionsFrom {
  readonly path: Path;
  readonly surroundings: Surroundings;
  readonly imports: readonly PlaybookImport[];
}

/** Before each of them, handlers that the one before has notified run. */
function readSections(keywords: PlayKeywords, { path, surroundings, imports }: SectionsFrom): Item[][] {
  const tasks = (key: 'pre_tasks' | 'tasks' | 'post_tasks', around: Surroundings) =>
    readItems(keywords[key] ?? [], [...path, key], around);
  const roles = (around: Surroundings) =>
    (keywords.roles ?? []).flatMap((role, index) => readRoleEntry(role, [...path, 'roles', index], around) ?? []);
  const readers = [
    (around: Surroundings) => tasks('pre_tasks', around),
    (around: Surroundings) => [...roles(around), ...tasks('tasks', around)],
    (around: Surroundings) => tasks('post_tasks', around),
  ];
  return readers.map((read) => underConditions(imports, surroundings, read)).filter((items) => items.length > 0);
}

/** `when` of an import holds for all of the plays behind it. */
function underConditions(
  imports: readonly PlaybookImport[],
  surroundings: Surroundings,
  read: (around: Surroundings) => Item[],
): Item[] {
  const [first, ...others] = imports;
  if (!first) return read(surroundings);
  if (first.keywords.when === undefined) return underConditions(others, surroundings, read);
  const { when, import_playbook: name } = first.keywords;
  const kind = { module: 'import_playbook', origin: 'import vars', path: first.path };
  const outside = { ...surroundings, document: first.document };
  const block = makeBlock({ name, when }, kind, outside, (inside) => ({
    items: underConditions(others, { ...inside, document: surroundings.document }, read),
  }));
  return block.items.length === 0 ? [] : [block];
}

function readVarsFiles({ vars_files }: PlayKeywords, path: Path, { document, problems }: PlaybookReading) {
  return listOfNames(vars_files).flatMap((name, index): VariableLayer[] => {
    const at = document.locate([...path, 'vars_files', ...(Array.isArray(vars_files) ? [index] : [])]);
    if (name.includes('<%')) {
      const help = 'name each file; what depends on a host belongs into group_vars/ and host_vars/';
      problems.add('PV1111', 'the name of a file of variables takes no expression', { at, help });
      return [];
    }
    const layer = readVarsFile(join(dirname(document.source.name), name), problems, at);
    return layer ? [layer] : [];
  });
}

interface PromptReading {
  readonly document: Located;
  readonly problems: Problems;
}

function readPrompts(
  prompts: readonly PromptKeywords[],
  path: Path,
  { document, problems }: PromptReading,
): VarPrompt[] {
  return prompts.map((prompt, index) => {
    const at = document.locate([...path, index, 'name']);
    checkVariableName(prompt.name, at, problems);
    return { ...prompt, prompt: prompt.prompt ?? prompt.name, private: prompt.private ?? true, at };
  });
}
