import { Problems } from '../core/diagnostic.ts';
import type { RunMade } from '../core/journal-line.ts';
import { isSecretName, type Secrets } from '../core/secret.ts';
import { parseExtraVars, type VariableLayer } from '../load/variables.ts';
import { runFlags } from './options.ts';
import type { Project, Selection } from './project.ts';
import type { RunOptions } from './run-options.ts';
import { sourceFiles } from './source-files.ts';

export interface Making {
  readonly project: Project;
  readonly selection: Selection;
  readonly options: RunOptions;
  readonly prompted: readonly VariableLayer[];
  readonly secrets: Secrets;
  readonly resumes?: string;
}

/** What the journal keeps of how a run was started, so that it can be resumed; nothing secret. */
export function runMade({ project, selection, options, prompted, secrets, resumes }: Making): RunMade {
  const extra = options.flags['extra-vars'].map((text) => ({ text, names: namesIn(text) }));
  const isSecret = ({ text, names }: (typeof extra)[number]): boolean =>
    names.some(isSecretName) || secrets.holds(text);
  const open = extra.filter((one) => !isSecret(one)).map(({ text }) => text);
  const answers = prompted
    .flatMap(({ values }) => Object.entries(values))
    .filter(([, value]) => !holds(value, secrets));
  return {
    event: 'run.made',
    format: 1,
    words: wordsOf(options, { 'extra-vars': open, limit: selection.limit }),
    withheld: extra.filter(isSecret).flatMap(({ names }) => names),
    answers: Object.fromEntries(answers.filter(([name]) => !isPrivate(name, project))),
    files: sourceFiles(project),
    ...(resumes !== undefined && { resumes }),
  };
}

/** The variables that one `--extra-vars` sets; none where they stand in a file. */
export function namesIn(text: string): readonly string[] {
  if (text.startsWith('@')) return [];
  return parseExtraVars([text], new Problems()).flatMap(({ values }) => Object.keys(values));
}

function isPrivate(name: string, { playbooks }: Project): boolean {
  const prompts = playbooks.flatMap(({ plays }) => plays.flatMap(({ varsPrompt }) => varsPrompt));
  return prompts.some((prompt) => prompt.name === name && prompt.private);
}

function holds(value: unknown, secrets: Secrets): boolean {
  return secrets.holds(JSON.stringify(value) ?? '');
}

/** What belongs to one command line, not to the run. */
const passing = new Set(['resume', 'unconfirmed', 'help']);

function wordsOf({ playbooks, flags }: RunOptions, instead: Readonly<Record<string, unknown>>): readonly string[] {
  const given = Object.keys(runFlags).filter((name) => !passing.has(name));
  return [
    ...playbooks,
    ...given.flatMap((name) => {
      const value = Object.hasOwn(instead, name) ? instead[name] : flags[name as keyof typeof runFlags];
      if (value === true) return [`--${name}`];
      return [value].flat().flatMap((text) => (typeof text === 'string' ? [`--${name}=${text}`] : []));
    }),
  ];
}
