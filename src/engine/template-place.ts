import { type Diagnostic, ProvisionError } from '../core/diagnostic.ts';
import type { SourceText, Span } from '../core/source.ts';
import type { Task } from '../load/playbook.ts';
import { evaluate } from '../render/expression.ts';
import { type Scope, withNames } from '../render/scope.ts';
import { templateLine } from '../render/template-line.ts';
import type { ArgumentContext } from './arguments.ts';
import { findTemplate } from './template-files.ts';

/** What a template was rendered with. */
export interface Rendered {
  /** Where the task names the template. */
  readonly at: Span;
  readonly scope: () => Scope;
  readonly context: ArgumentContext;
}

/** Where in its template the line of a rendered text comes from that a host complains about; left out if it cannot be told. */
export function templatePlace(
  task: Task,
  { argument, renderedLine }: Diagnostic,
  rendered: Rendered,
): Span | undefined {
  const [name, phase, ...deeper] = argument ?? [];
  if (renderedLine === undefined || name === undefined || deeper.length > 0) return undefined;
  try {
    const scope = phase === undefined ? rendered.scope() : withNames(rendered.scope(), { phase });
    const file = evaluate((task.args as Readonly<Record<string, unknown>>)[name], scope, () => rendered.at);
    if (typeof file !== 'string') return undefined;
    const source = findTemplate(file, rendered.context.templateFolders, rendered.at);
    const line = templateLine(source, scope, renderedLine);
    return line === undefined ? undefined : lineSpan(source, line);
  } catch (error) {
    // It was rendered before; what goes wrong now must not hide what the host said.
    if (error instanceof ProvisionError) return undefined;
    throw error;
  }
}

function lineSpan(source: SourceText, line: number): Span {
  const lines = source.text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const text = lines[line - 1] ?? '';
  return { source, start: before + text.length - text.trimStart().length, end: before + text.trimEnd().length };
}
