import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import { checkValue } from '../schema/check.ts';
import type { ArgsSchema } from '../schema/schema.ts';
import { type Inherited, inherit } from './inherited.ts';
import { checkBareExpressions, keywordWording, withoutEmpty } from './keyword-values.ts';
import type { ConditionalKeywords } from './keywords.ts';
import { readLoopControl } from './loop-control.ts';
import { checkModuleDefaults } from './module-defaults.ts';
import type { Statement } from './playbook.ts';
import type { Surroundings } from './surroundings.ts';
import { readVars } from './vars.ts';

export interface KeywordsFrom {
  readonly schema: ArgsSchema;
  /** `a task`. */
  readonly owner: string;
  readonly document: Located;
  readonly path: Path;
  readonly problems: Problems;
}

/** The keywords of a schema that are as they should be; what is wrong with others is reported. */
export function readKeywords(raw: Readonly<Record<string, unknown>>, from: KeywordsFrom): Record<string, unknown> {
  const { schema, owner, document, path, problems } = from;
  const given = withoutEmpty(raw, mayBeEmpty);
  const keywords = Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(schema.properties, key)));
  const locate = (inner: Path, part?: 'key' | 'value') => document.locate([...path, ...inner], part);
  const wrong = checkValue(schema, keywords, { locate, wording: keywordWording(owner) });
  for (const { code, message, ...details } of wrong) problems.add(code, message, details);
  for (const { argument } of wrong) delete keywords[String(argument?.[0])];
  checkBareExpressions(keywords, locate, problems);
  return keywords;
}

/** They may stand there with nothing behind them: `tasks:`. */
const mayBeEmpty = [
  'vars',
  'tags',
  'environment',
  'module_defaults',
  'rescue',
  'always',
  'vars_files',
  'vars_prompt',
  'pre_tasks',
  'roles',
  'tasks',
  'post_tasks',
  'handlers',
];

/** What blocks and tasks are made of alike, with all that holds for them from around. */
export function statementOf(
  keywords: Partial<ConditionalKeywords> & { readonly register?: string },
  { module, origin, path }: { readonly module: string; readonly origin: string; readonly path: Path },
  { document, inherited, within, play }: Surroundings,
): { readonly statement: Statement; readonly inherited: Inherited } {
  const { problems } = play;
  const { when, loop, register } = keywords;
  const vars = readVars(keywords.vars, { origin, document, path: [...path, 'vars'] }, problems);
  checkModuleDefaults(keywords.module_defaults, { document, path, play });
  const all = inherit(inherited, { keywords, vars, document, path });
  const statement = {
    ...all,
    name: keywords.name ?? module,
    module,
    vars,
    loopControl: readLoopControl(keywords, { document, path, problems, given: inherited.given }),
    document,
    path,
    ...(when !== undefined && { when }),
    ...(loop !== undefined && { loop }),
    ...(register !== undefined && { register }),
    ...(within && { within }),
  };
  return { statement, inherited: all };
}
