import { Problems } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { type OutputForm, outputForms } from '../report/choose.ts';
import { type Options, parseOptions, runFlags } from './options.ts';

const defaultForks = 10;

/** The command line of a run, read and understood. */
export interface RunOptions {
  readonly playbooks: readonly string[];
  readonly flags: Options<typeof runFlags>;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly output?: OutputForm;
}

/** @throws ProvisionError with everything that is wrong on the command line */
export function readRunOptions(argv: readonly string[]): RunOptions {
  const { options: flags, words: playbooks } = parseOptions(argv, runFlags);
  const problems = new Problems();
  if (playbooks.length === 0 && !flags.help) {
    problems.add('PV0003', 'no playbook is named', { help: 'provision PLAYBOOK...' });
  }
  const output = readOutput(flags.output, problems);
  const forks = readForks(flags.forks, problems);
  problems.throwIfAny();
  const tags = { tags: listOf(flags.tags), skipTags: listOf(flags['skip-tags']) };
  return { playbooks, flags, ...tags, forks, ...(output && { output }) };
}

function listOf(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((tag) => tag.trim())
    .filter(Boolean);
}

function readForks(text: string | undefined, problems: Problems): number {
  if (text === undefined) return defaultForks;
  if (!/^[1-9]\d{0,3}$/.test(text))
    problems.add('PV0002', `\`--forks\` wants a number from 1 to 9999, not \`${text}\``);
  return Number(text);
}

function readOutput(text: string | undefined, problems: Problems): OutputForm | undefined {
  const form = outputForms.find((name) => name === text);
  if (text !== undefined && !form) {
    const help = didYouMean(text, outputForms) ?? `one of ${outputForms.join(', ')}`;
    problems.add('PV0002', `there is no output form \`${text}\``, { help });
  }
  return form;
}
