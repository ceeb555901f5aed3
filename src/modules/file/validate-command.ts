import { problem } from '../../core/diagnostic.ts';
import { Type } from '../../schema/schema.ts';

export const validateArgument = Type.Optional(
  Type.String({
    pattern: '%s',
    description: 'command that must accept the new file before it counts; %s stands for it: "visudo -cf %s"',
  }),
);

/** The command as words; blanks within quotes belong to the word. No shell looks at it. */
export function validationWords(command: string): string[] {
  const words: string[] = [];
  const word = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)/y;
  for (let match = word.exec(command); match; match = word.exec(command)) {
    words.push((match[1] ?? '').replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
    if (command.slice(word.lastIndex).trim() === '') return words;
  }
  throw problem('PV5103', 'a quote of `validate` is not closed', { argument: ['validate'] });
}
