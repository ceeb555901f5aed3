import type { SourceText } from '../core/source.ts';
import { formatOf } from './escape.ts';
import { perform } from './perform.ts';
import { placeInFile } from './place.ts';
import { programOf } from './program.ts';
import type { Scope } from './scope.ts';

/** Characters that no template and no value of a text file has. */
const mark = { before: '\u0001', after: '\u0002' };

/**
 * The line of a template that made a line of its text, both from 1. The template is rendered once more, with the number
 * of each of its lines in the text: good enough for a message, too dear for anything else.
 */
export function templateLine(source: SourceText, scope: Scope, renderedLine: number): number | undefined {
  const { tags } = programOf(source.text, 'template');
  const program = programOf(withNumbers(source.text, tags), 'template');
  const { write } = formatOf(source.name)();
  const text = perform(program, placeInFile(source), () => String(program.run(scope, write)));
  const lines = text.split('\n');
  const line = lines[renderedLine - 1];
  if (line === undefined) return undefined;
  const parts = line.split(mark.before).slice(1).map(numbered);
  const own = parts.find(({ content }) => content.trim() !== '') ?? parts.at(-1);
  return own?.number ?? lastNumber(lines.slice(0, renderedLine - 1));
}

function withNumbers(text: string, tags: readonly { readonly start: number; readonly end: number }[]): string {
  let at = 0;
  const lines = text.split('\n').map((line, index) => {
    const start = at;
    at += line.length + 1;
    const isInTag = tags.some((tag) => tag.start < start && start < tag.end);
    return isInTag ? line : `${mark.before}${index + 1}${mark.after}${line}`;
  });
  return lines.join('\n');
}

function numbered(part: string): { readonly number: number; readonly content: string } {
  const end = part.indexOf(mark.after);
  return { number: Number(part.slice(0, end)), content: part.slice(end + 1) };
}

function lastNumber(lines: readonly string[]): number | undefined {
  const last = lines.join('\n').split(mark.before).slice(1).at(-1);
  return last === undefined ? undefined : numbered(last).number;
}
