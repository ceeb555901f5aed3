import { existsSync } from 'node:fs';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { verbs } from './verbs.ts';

/** Which verb a command line means: its first word, or `run` where that is a playbook or an option. */
export function chooseVerb(argv: readonly string[]) {
  const [first = '', ...rest] = argv;
  const verb = verbs.find(({ name }) => name === first);
  if (verb) return { verb, words: rest };
  // `provision help VERB` has been answered already.
  if (first === 'help') throw refusal(rest[0] ?? '', 'no verb');
  const run = verbs.find(({ name }) => name === 'run');
  if (run && (first.startsWith('-') || /[./]/.test(first) || existsSync(first))) return { verb: run, words: argv };
  throw refusal(first, 'neither a verb nor a playbook');
}

function refusal(word: string, what: string): ProvisionError {
  const near = didYouMean(
    word,
    verbs.map(({ name }) => name),
  );
  return problem('PV0003', `\`${word}\` is ${what}`, { help: near ?? 'provision --help' });
}
