import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { generatedFiles } from './generate.ts';
import { helpOnly } from './options.ts';
import { parseOptions } from './parse-options.ts';

const kinds = ['playbook', 'inventory'] as const;

const usage = `Usage: provision schema [playbook | inventory]

Prints the JSON schema that an editor completes and checks such a file with (playbook, when nothing is said).
`;

/** `provision schema [playbook | inventory]`. */
export async function schemaCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, helpOnly);
  process.stdout.write(options.help ? usage : schemaOf(words[0] ?? 'playbook'));
  return 0;
}

function schemaOf(word: string): string {
  const kind = kinds.find((name) => name === word);
  const text = kind && generatedFiles().get(`schemas/${kind}.json`);
  if (text !== undefined) return text;
  throw problem('PV0003', `there is no schema of \`${word}\``, { help: didYouMean(word, kinds) ?? kinds.join(' or ') });
}
