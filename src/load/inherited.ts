import type { Located, Path } from '../core/source.ts';
import { listOfNames } from './keyword-values.ts';
import type { ConditionalKeywords } from './keywords.ts';
import { type Setting, settingOf } from './setting.ts';
import type { VariableLayer } from './variables.ts';

/** Arguments that tasks of a module have unless they say otherwise. */
export type ModuleDefaults = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** What a play, the blocks within it and a task say together: the nearest word counts, lists and maps grow. */
export interface Inherited {
  readonly become?: boolean;
  readonly becomeUser?: Setting<string>;
  readonly delegateTo?: string;
  readonly tags: readonly string[];
  readonly notify: readonly string[];
  readonly ignoreErrors: boolean;
  readonly noLog: boolean;
  readonly runOnce: boolean;
  readonly anyErrorsFatal: boolean;
  readonly throttle?: Setting<number>;
  /** Seconds. */
  readonly timeout?: Setting<number>;
  /** Weakest first, as variables are. */
  readonly environment: readonly VariableLayer[];
  /** Variables of roles, blocks and tasks, weakest first: stronger than those of the play. */
  readonly layers: readonly VariableLayer[];
  /** Defaults of roles: weaker than the inventory. */
  readonly defaults: readonly VariableLayer[];
  readonly moduleDefaults: ModuleDefaults;
  /** Where templates are looked for, nearest first; one list for all tasks of a play or role. */
  readonly templateFolders: readonly string[];
  /** Names that a run gives besides variables: the items of loops around, `failure`. */
  readonly given: readonly string[];
}

export function nothingSaid(templateFolders: readonly string[]): Inherited {
  return {
    tags: [],
    notify: [],
    ignoreErrors: false,
    noLog: false,
    runOnce: false,
    anyErrorsFatal: false,
    environment: [],
    layers: [],
    defaults: [],
    moduleDefaults: new Map(),
    templateFolders,
    given: [],
  };
}

interface Said {
  readonly keywords: Partial<ConditionalKeywords>;
  /** Its own `vars`, if they count here. */
  readonly vars?: VariableLayer;
  readonly document: Located;
  readonly path: Path;
}

/** What holds where `keywords` stand within `outer`. */
export function inherit(outer: Inherited, { keywords, vars, document, path }: Said): Inherited {
  const { become, become_user, delegate_to, environment } = keywords;
  const said = environment && { origin: 'environment', values: environment, document, path: [...path, 'environment'] };
  const at = (keyword: string) => () => document.locate([...path, keyword]);
  return {
    ...outer,
    ...(become !== undefined && { become }),
    ...(become_user !== undefined && { becomeUser: settingOf(become_user, at('become_user')) }),
    ...(delegate_to !== undefined && { delegateTo: delegate_to }),
    ...(keywords.throttle !== undefined && { throttle: settingOf(keywords.throttle, at('throttle')) }),
    ...(keywords.timeout !== undefined && { timeout: settingOf(keywords.timeout, at('timeout')) }),
    tags: together(outer.tags, listOfNames(keywords.tags, ',')),
    notify: together(outer.notify, listOfNames(keywords.notify)),
    ignoreErrors: keywords.ignore_errors ?? outer.ignoreErrors,
    noLog: keywords.no_log ?? outer.noLog,
    runOnce: keywords.run_once ?? outer.runOnce,
    anyErrorsFatal: keywords.any_errors_fatal ?? outer.anyErrorsFatal,
    environment: said ? [...outer.environment, said] : outer.environment,
    layers: vars && Object.keys(vars.values).length > 0 ? [...outer.layers, vars] : outer.layers,
    moduleDefaults: withDefaults(outer.moduleDefaults, keywords.module_defaults),
  };
}

function together(outer: readonly string[], own: readonly string[]): readonly string[] {
  return own.length === 0 ? outer : [...new Set([...outer, ...own])];
}

/** Argument by argument: a nearer default leaves the others of the module as they were. */
function withDefaults(outer: ModuleDefaults, own: ConditionalKeywords['module_defaults']): ModuleDefaults {
  if (!own) return outer;
  const defaults = new Map(outer);
  for (const [module, args] of Object.entries(own)) defaults.set(module, { ...outer.get(module), ...args });
  return defaults;
}
