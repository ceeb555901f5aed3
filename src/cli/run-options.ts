import { Problems } from '../core/diagnostic.ts';
import { type Options, parseOptions, runFlags } from './options.ts';

const defaultForks = 10;

/** The command line of a run, read and understood. */
export interface RunOptions {
  readonly playbooks: readonly string[];
  readonly flags: Options<typeof runFlags>;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
}

/** @throws ProvisionError with everything that is wrong on the command line */
export function readRunOptions(argv: readonly string[]): RunOptions {
  const { options: flags, words: playbooks } = parseOptions(argv, runFlags);
  const problems = new Problems();
  if (playbooks.length === 0 && !flags.help) {
    problems.add('PV0003', 'no playbook is named', { help: 'provision PLAYBOOK...' });
  }
  const forks = readForks(flags.forks, problems);
  problems.throwIfAny();
  const tags = { tags: listOf(flags.tags), skipTags: listOf(flags['skip-tags']) };
  return { playbooks, flags, ...tags, forks };
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
