import type { Diagnostic } from '../core/diagnostic.ts';
import type { SourceText } from '../core/source.ts';
import { formatOf } from './escape.ts';
import { unknownNames } from './expression.ts';
import { mistakesOf, perform } from './perform.ts';
import { placeInFile } from './place.ts';
import { type Program, programOf } from './program.ts';
import type { Scope } from './scope.ts';
import { startTaint } from './taint.ts';

const programs = new WeakMap<SourceText, Program>();

/** A file is read once and rendered for many hosts. */
function programIn(source: SourceText): Program {
  const known = programs.get(source);
  if (known) return known;
  const program = programOf(source.text, 'template');
  programs.set(source, program);
  return program;
}

/** The text of a template file; values are escaped for what it produces, by the name before `.ejs`. */
export function renderTemplate(source: SourceText, scope: Scope): string {
  const program = programIn(source);
  const writer = formatOf(source.name)();
  return perform(program, placeInFile(source), () =>
    writer.finish(String(program.run(scope, writer.write, startTaint(scope, source.text)))),
  );
}

/** Mistakes of syntax in a template; needs no scope. */
export function checkTemplate(source: SourceText): Diagnostic[] {
  return mistakesOf(programOf(source.text, 'template'), placeInFile(source));
}

/** Names that a template surely looks up and the scope does not have, found without rendering it. */
export function checkTemplateNames(source: SourceText, scope: Scope): Diagnostic[] {
  return unknownNames(programOf(source.text, 'template'), scope, placeInFile(source));
}
