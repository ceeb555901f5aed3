import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import type { Path, SourceText, Span } from '../core/source.ts';
import type { Task } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import { evaluate } from '../render/expression.ts';
import { type Scope, withNames } from '../render/scope.ts';
import { checkTemplate, checkTemplateNames, renderTemplate } from '../render/template.ts';
import { checkArguments } from '../schema/check.ts';
import { hasMark, type MarkedSchema, marked, replaceMarked } from './marked-arguments.ts';
import { findTemplate } from './template-files.ts';

export interface ArgumentContext {
  /** Absolute, in the order in which they are searched. */
  readonly templateFolders: readonly string[];
  readonly secrets: Secrets;
  readonly overrides?: readonly Override[];
  /** Told of a template once it was rendered. */
  readonly rendered?: (source: SourceText) => void;
}

/** Arguments for one run, from the command line, for the tasks of a module that are about one of these. */
export interface Override {
  readonly module: string;
  /** Values of the argument `name`. */
  readonly names: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
  /** Told whenever it was put to use. */
  readonly taken: (name: string) => void;
}

/** One task's arguments for one host: evaluated, checked, templates replaced by their text, secrets noted. */
export function renderArguments(
  task: Task,
  module: AnyModule,
  scope: Scope,
  context: ArgumentContext,
): Record<string, unknown> {
  const locate = locateIn(task);
  const given = overridden(evaluate(task.args, scope, locate), module, context);
  noteSecrets(module, given, context.secrets);
  const { values, diagnostics } = checkArguments(module, given, locate);
  const [first, ...others] = diagnostics;
  if (first !== undefined) throw new ProvisionError(first, ...others);
  if (!hasMark(module.args, 'template')) return values;
  const files = filesIn(context.templateFolders, readFiles);
  return replaceMarked(module.args, values, (schema, value, path) => {
    if (schema.template === undefined || typeof value !== 'string') return value;
    const at = () => locate(path);
    const source = files(value, at);
    const text = forArgument(at, () => renderEach(source, schema.template, scope));
    context.rendered?.(source);
    return text;
  }) as Record<string, unknown>;
}

function overridden(args: unknown, { name: module }: AnyModule, { overrides = [] }: ArgumentContext): unknown {
  const { name } = (args ?? {}) as { readonly name?: unknown };
  const mine = overrides.filter((one) => one.module === module && typeof name === 'string' && one.names.includes(name));
  for (const { taken } of mine) taken(String(name));
  return mine.length === 0 ? args : Object.assign({}, args, ...mine.map((one) => one.args));
}

/** One text, or one for each variant with `phase` set. */
function renderEach(source: SourceText, variants: MarkedSchema['template'], scope: Scope): unknown {
  if (!Array.isArray(variants)) return renderTemplate(source, scope);
  return Object.fromEntries(
    variants.map((phase: string) => [phase, renderTemplate(source, withNames(scope, { phase }))] as const),
  );
}

/** What fails in a template stands in its file; the task that asked for it is told beside. */
function forArgument<T>(at: () => Span, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const [first, ...others] = error.diagnostics;
    const related = [...(first.related ?? []), { at: at(), message: 'rendered for this task' }];
    throw new ProvisionError({ ...first, related }, ...others);
  }
}

/**
 * Mistakes in the template files that a task names as they stand: of syntax, or, when there is a scope, names that it
 * does not have.
 */
export function checkTemplates(
  task: Task,
  module: AnyModule,
  { folders, scope }: { readonly folders: readonly string[]; readonly scope?: Scope },
): Diagnostic[] {
  const locate = locateIn(task);
  return marked(module.args, task.args).flatMap(({ schema, value, path }) => {
    if (schema.template === undefined || typeof value !== 'string' || value.includes('<%')) return [];
    try {
      const source = filesIn(folders, checkedFiles)(value, () => locate(path));
      if (scope === undefined) return checkTemplate(source);
      return checkTemplateNames(source, Array.isArray(schema.template) ? withNames(scope, { phase: '' }) : scope);
    } catch (error) {
      if (error instanceof ProvisionError) return error.diagnostics;
      throw error;
    }
  });
}

/** Registers the texts of all arguments that the module's schema calls secret. */
function noteSecrets(module: AnyModule, values: unknown, secrets: Secrets): void {
  if (!hasMark(module.args, 'secret')) return;
  for (const { schema, value } of marked(module.args, values)) {
    if (schema.secret === true) noteTexts(value, secrets);
  }
}

function noteTexts(value: unknown, secrets: Secrets): void {
  if (typeof value === 'string' || typeof value === 'number') secrets.add(String(value));
  else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) noteTexts(item, secrets);
  }
}

function locateIn(task: Task): (path: Path, part?: 'key' | 'value') => Span {
  return (path, part) => task.document.locate([...task.path, task.module, ...path], part);
}

type ReadFiles = WeakMap<object, Map<string, SourceText>>;

/** Template files by where they are looked for, each read once for all tasks, and once for all checks before them. */
const readFiles: ReadFiles = new WeakMap();
const checkedFiles: ReadFiles = new WeakMap();

function filesIn(folders: readonly string[], files: ReadFiles): (name: string, at: () => Span) => SourceText {
  const read = files.get(folders) ?? new Map<string, SourceText>();
  files.set(folders, read);
  return (name, at) => {
    const source = read.get(name) ?? findTemplate(name, folders, at());
    read.set(name, source);
    return source;
  };
}
