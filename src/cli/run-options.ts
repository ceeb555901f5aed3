import { Problems } from '../core/diagnostic.ts';
import { runFlags } from './options.ts';
import { type Options, parseOptions } from './parse-options.ts';

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
  const { options, words } = parseOptions(argv, runFlags);
  const { playbooks, resume } = runNamed(words, options.resume);
  const flags = { ...options, resume };
  const problems = new Problems();
  if (flags.unconfirmed !== undefined && resume === undefined) {
    problems.add('PV0002', '`--unconfirmed` is for `--resume`');
  }
  if (playbooks.length === 0 && !flags.help && resume === undefined) {
    problems.add('PV0003', 'no playbook is named', { help: 'provision PLAYBOOK...' });
  }
  const forks = readForks(flags.forks, problems);
  problems.throwIfAny();
  const tags = { tags: listOf(flags.tags), skipTags: listOf(flags['skip-tags']) };
  return { playbooks, flags, ...tags, forks };
}

/** `--resume RUN`: the id of a run is no playbook. */
function runNamed(words: readonly string[], resume: string | undefined) {
  const id = resume === '' ? words.find((word) => /^(\d{8}T\d{0,6}Z?(-[\da-f]{0,4})?|last)$/.test(word)) : undefined;
  return { playbooks: words.filter((word) => word !== id), resume: id ?? resume };
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
