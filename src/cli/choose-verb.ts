import { existsSync } from 'node:fs';
import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { verbs } from './verbs.ts';

/** Which verb a command line means: its first word, or `run` where that is a playbook or an option. */
export function chooseVerb(argv: readonly string[]) {
  const [first = '', ...rest] = argv;
  const verb = verbs.find(({ name }) => name === first);
  if (verb) return { verb, words: rest };
  const run = verbs.find(({ name }) => name === 'run');
  if (run && (first.startsWith('-') || /[./]/.test(first) || existsSync(first))) return { verb: run, words: argv };
  throw problem('PV0003', `\`${first}\` is neither a verb nor a playbook`, {
    help:
      didYouMean(
        first,
        verbs.map(({ name }) => name),
      ) ?? 'provision --help',
  });
}
