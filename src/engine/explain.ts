import { ProvisionError } from '../core/diagnostic.ts';
import { Secrets } from '../core/secret.ts';
import type { Span } from '../core/source.ts';
import { type Inventory, selectHosts } from '../load/inventory.ts';
import type { Play, Task } from '../load/playbook.ts';
import { type FoundVariable, findVariables, type VariableLayer } from '../load/variables.ts';
import type { AnyModule } from '../modules/module.ts';
import { marked } from './marked-arguments.ts';
import { namesIn, namingTexts, offsetOfName, textsOfStatement } from './name-uses.ts';
import { createScope } from './scope.ts';
import { layersOf } from './task-layers.ts';
import { findTemplate } from './template-files.ts';

export interface ExplainRequest {
  readonly inventory: Inventory;
  readonly plays: readonly Play[];
  readonly extra: readonly VariableLayer[];
  readonly modules: (name: string) => AnyModule | undefined;
  readonly host: string;
  readonly name: string;
}

/** What a variable is in one place: in the inventory, in a play, in a task that has its own word. */
export interface Meaning {
  /** The plays or tasks it holds for; left out where it holds everywhere. */
  readonly within: readonly string[];
  /** The winner first. */
  readonly found: readonly FoundVariable[];
  /** Evaluated; left out where only a run can tell. */
  readonly value?: unknown;
  /** Why only a run can tell. */
  readonly unknown?: string;
}

/** A place that uses a variable. */
export interface Use {
  readonly at: Span;
  readonly by: string;
  /** The variable that it uses instead, which is made of this one. */
  readonly through?: string;
}

export interface Explanation {
  readonly meanings: readonly Meaning[];
  /** Tasks that give it a value while they run: stronger than files. */
  readonly given: readonly Use[];
  readonly uses: readonly Use[];
  readonly secrets: Secrets;
}

/** Where the value of a variable on a host comes from, and what it is used by; nothing is connected to. */
export function explain(request: ExplainRequest): Explanation {
  const secrets = new Secrets();
  const plays = request.plays.filter((play) => isIn(play, request));
  return {
    meanings: meaningsOf(plays, request, secrets),
    given: plays.flatMap((play) => tasksOf(play).flatMap((task) => gives(task, request.name))),
    uses: usesOf(plays, request),
    secrets,
  };
}

function isIn(play: Play, { inventory, host }: ExplainRequest): boolean {
  try {
    return selectHosts(inventory, play.hosts, play.at).includes(host);
  } catch (error) {
    // Tasks of an earlier play may add the group that it names.
    if (error instanceof ProvisionError) return false;
    throw error;
  }
}

function tasksOf({ tasks, handlers }: Play): readonly Task[] {
  return [...tasks, ...handlers];
}

interface Stack {
  readonly within: string;
  readonly layers: readonly VariableLayer[];
}

/** One meaning for all plays and tasks in which the same word wins and the same words are beaten. */
function meaningsOf(plays: readonly Play[], request: ExplainRequest, secrets: Secrets): readonly Meaning[] {
  const own = request.inventory.hosts.get(request.host)?.layers ?? [];
  const stacks = plays.length === 0 ? [{ within: '', layers: own }] : plays.flatMap((play) => stacksOf(play, request));
  const groups: {
    readonly found: readonly FoundVariable[];
    readonly layers: readonly VariableLayer[];
    within: string[];
  }[] = [];
  for (const { within, layers } of stacks) {
    const found = findVariables([...layers, ...request.extra], request.name);
    const same = groups.find((group) => sameLayers(group.found, found));
    if (same) same.within.push(within);
    else groups.push({ found, layers, within: [within] });
  }
  const isEverywhere = groups.length === 1;
  return groups
    .filter(({ found }) => found.length > 0)
    .map(({ found, layers, within }) => {
      const names = isEverywhere ? [] : [...new Set(within)];
      return { within: names, found, ...evaluated(layers, request, secrets) };
    });
}

/** The play as a whole, and each task that has variables of its own. */
function stacksOf(play: Play, { inventory, host }: ExplainRequest): readonly Stack[] {
  const own = inventory.hosts.get(host)?.layers ?? [];
  const sources = { play, host: own, prompted: [] };
  const whole = { within: `play ${play.name}`, layers: layersOf({ defaults: [], layers: [] }, sources) };
  const tasks = tasksOf(play)
    .filter(({ defaults, layers }) => defaults.length + layers.length > 0)
    .map((task) => ({ within: `task ${task.name}`, layers: layersOf(task, sources) }));
  return [whole, ...tasks];
}

function sameLayers(one: readonly FoundVariable[], other: readonly FoundVariable[]): boolean {
  return one.length === other.length && one.every(({ layer }, index) => layer.values === other[index]?.layer.values);
}

function evaluated(layers: readonly VariableLayer[], request: ExplainRequest, secrets: Secrets) {
  const { inventory, host, extra, name } = request;
  try {
    return { value: createScope({ inventory, host, layers, data: {}, extra, secrets }).resolve(name) };
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return { unknown: error.diagnostics[0].message };
  }
}

function gives(task: Task, name: string): readonly Use[] {
  const at = (...path: (string | number)[]): Span => task.document.locate([...task.path, ...path], 'key');
  if (task.register === name) return [{ at: at('register'), by: `register of task ${task.name}` }];
  const isSet = task.module === 'set_fact' && Object.hasOwn(Object(task.args), name);
  return isSet ? [{ at: at('set_fact', name), by: `task ${task.name}` }] : [];
}

/** Uses by variables, and by tasks and templates of the variable itself or of one that is made of it. */
function usesOf(plays: readonly Play[], request: ExplainRequest): readonly Use[] {
  const layers = new Set([
    ...(request.inventory.hosts.get(request.host)?.layers ?? []),
    ...plays.flatMap((play) => [
      play.vars,
      ...play.varsFiles,
      ...tasksOf(play).flatMap((task) => [...task.defaults, ...task.layers]),
    ]),
    ...request.extra,
  ]);
  const variables = [...layers].flatMap(variablesIn);
  const made = madeOf(request.name, variables);
  const through = (names: ReadonlySet<string>) => {
    const found = [...made].find((name) => names.has(name));
    return found === undefined ? undefined : found === request.name ? {} : { through: found };
  };
  const byVariables = variables.flatMap(({ name, names, at }) => {
    const way = through(names);
    return way && at && name !== request.name ? [{ at, by: `variable ${name}`, ...way }] : [];
  });
  const byTasks = plays.flatMap(tasksOf).flatMap((task) => [
    ...textsOfStatement(task).flatMap(({ names, at, path }) => {
      const way = through(names);
      return way ? [{ at, by: `task ${task.name}, ${keywordOf(path, task)}`, ...way }] : [];
    }),
    ...templatesOf(task, request).flatMap((source) => {
      const way = through(namesIn(source.text, 'template'));
      const start = (way && offsetOfName(source.text, 'template', way.through ?? request.name)) ?? 0;
      return way ? [{ at: { source, start, end: start }, by: `template of task ${task.name}`, ...way }] : [];
    }),
  ]);
  return [...byVariables, ...byTasks];
}

function keywordOf([first = '', second]: readonly (string | number)[], { module }: Task): string {
  return first === module && second !== undefined ? `argument ${second}` : `\`${first}\``;
}

interface MadeVariable {
  readonly name: string;
  readonly names: ReadonlySet<string>;
  readonly at?: Span;
}

function variablesIn({ values, document, path }: VariableLayer): readonly MadeVariable[] {
  return Object.entries(values).flatMap(([name, value]) =>
    namingTexts(value).map(({ names, path: inner }) => {
      const at = document?.locate([...path, name, ...inner]);
      return { name, names, ...(at && { at }) };
    }),
  );
}

/** The variable and all that are made of it, itself first. */
function madeOf(name: string, variables: readonly MadeVariable[]): ReadonlySet<string> {
  const made = new Set([name]);
  for (const known of made) {
    for (const variable of variables) if (variable.names.has(known)) made.add(variable.name);
  }
  return made;
}

/** Those that the task names as they stand. */
function templatesOf(task: Task, { modules }: ExplainRequest) {
  const module = modules(task.module);
  if (!module) return [];
  return marked(module.args, task.args).flatMap(({ schema, value }) => {
    if (schema.template === undefined || typeof value !== 'string' || value.includes('<%')) return [];
    return [findTemplate(value, task.templateFolders, task.document.locate(task.path))];
  });
}
