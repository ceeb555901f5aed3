import { Problems } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import type { Playbook, VarPrompt } from '../load/playbook.ts';
import type { VariableLayer } from '../load/variables.ts';
import { type Asking, ask, canAsk } from './ask.ts';

export interface Answering {
  /** Variables of the command line; a prompt that one of them answers is not asked. */
  readonly extra: readonly VariableLayer[];
  /** Answers of the run that is resumed. */
  readonly known?: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  readonly asking: Asking;
}

/**
 * Answers to the `vars_prompt` of all plays; one name is asked for once. Without a terminal the default counts.
 * @throws ProvisionError PV0004 for every prompt that nobody can answer
 */
export async function answerPrompts(playbooks: readonly Playbook[], answering: Answering): Promise<VariableLayer[]> {
  const prompts = playbooks.flatMap(({ plays }) => plays.flatMap(({ varsPrompt }) => varsPrompt));
  hideAnswersOf(prompts, answering);
  const open = openPrompts(prompts, answering.extra);
  const { known = {} } = answering;
  const isKnown = ({ name }: VarPrompt): boolean => Object.hasOwn(known, name);
  if (!canAsk(answering.asking)) refuseUnanswerable(open.filter((prompt) => !isKnown(prompt)));
  const values: Record<string, unknown> = {};
  for (const prompt of open) {
    const value = isKnown(prompt) ? known[prompt.name] : await answer(prompt, answering.asking);
    if (prompt.private && typeof value === 'string') answering.secrets.add(value);
    values[prompt.name] = value;
  }
  return open.length === 0 ? [] : [{ origin: 'prompt', values, path: [] }];
}

/** A private prompt stays private when the command line answers it. */
function hideAnswersOf(prompts: readonly VarPrompt[], { extra, secrets }: Answering): void {
  for (const { name } of prompts.filter((prompt) => prompt.private)) {
    for (const { values } of extra) if (values[name] !== undefined) secrets.add(String(values[name]));
  }
}

function openPrompts(prompts: readonly VarPrompt[], extra: readonly VariableLayer[]): VarPrompt[] {
  const open = new Map<string, VarPrompt>();
  for (const prompt of prompts) {
    const answered = extra.some(({ values }) => Object.hasOwn(values, prompt.name));
    if (!answered && !open.has(prompt.name)) open.set(prompt.name, prompt);
  }
  return [...open.values()];
}

function refuseUnanswerable(prompts: readonly VarPrompt[]): void {
  const problems = new Problems();
  for (const { name, private: hidden, default: fallback, at } of prompts) {
    if (fallback !== undefined) continue;
    problems.add('PV0004', `\`${name}\` is asked for, and there is no terminal to ask on`, {
      at,
      help: hidden ? `-e @FILE, and in the file: ${name}: VALUE` : `-e ${name}=VALUE`,
    });
  }
  problems.throwIfAny();
}

async function answer({ name, prompt, private: hidden, default: fallback }: VarPrompt, asking: Asking) {
  if (!canAsk(asking)) return fallback;
  const question = prompt.trim() === '' ? name : prompt.trim().replace(/:$/, '');
  const shown = fallback === undefined || hidden ? '' : ` [${String(fallback)}]`;
  for (;;) {
    const text = await ask(`${question}${shown}: `, asking, hidden);
    if (text !== '') return text;
    if (fallback !== undefined) return fallback;
  }
}
