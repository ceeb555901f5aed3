import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byPlace, type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import { type Problem, problemsJson, problemsSarif } from '../report/problem-list.ts';
import { countOf } from '../report/task-text.ts';
import { exitWrongInput } from './failure.ts';
import { loadProject } from './load-project.ts';
import { validateFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { printWarnings } from './print-warnings.ts';
import type { Project } from './project.ts';
import { ownVersion } from './version.ts';

const playbookFolder = 'playbooks';

const usage = `Usage: provision validate [PLAYBOOK...] [options]

Checks playbooks and inventory as far as that goes without connecting to a host: all of ${playbookFolder}/ when none is named.

${optionsHelp(validateFlags)}
`;

/** `provision validate [PLAYBOOK…]`: everything that needs no connection. */
export async function validateCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, validateFlags);
  if (options.help) return print(usage, 0);
  const form = options.output ?? options.format ?? 'text';
  const playbooks = words.length > 0 ? words : allPlaybooks();
  const load = (): Project =>
    loadProject({ playbooks, inventory: options.inventory, extraVars: options['extra-vars'] });
  if (form === 'text') return tellInOrder(load());
  const problems = problemsOf(load);
  const text = form === 'json' ? problemsJson(problems) : problemsSarif(problems, ownVersion());
  return print(text, problems.some(({ severity }) => severity === 'error') ? exitWrongInput : 0);
}

function allPlaybooks(): readonly string[] {
  const names = existsSync(playbookFolder) ? readdirSync(playbookFolder) : [];
  const playbooks = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (playbooks.length > 0) return playbooks.map((name) => join(playbookFolder, name));
  throw problem('PV0003', `no playbook is named, and there is none in ${playbookFolder}/`, {
    help: 'provision validate PLAYBOOK...',
  });
}

function tellInOrder({ playbooks, inventory, warnings }: Project): number {
  printWarnings(warnings);
  for (const { name, plays } of playbooks) {
    const tasks = plays.reduce((sum, play) => sum + play.tasks.length, 0);
    process.stdout.write(`${name}: in order, ${countOf(plays.length, 'play')}, ${countOf(tasks, 'task')}\n`);
  }
  return print(`inventory: in order, ${countOf(inventory.hosts.size, 'host')}\n`, 0);
}

function problemsOf(load: () => Project): readonly Problem[] {
  const as = (severity: Problem['severity'], diagnostics: readonly Diagnostic[]): Problem[] =>
    diagnostics.map((diagnostic) => ({ severity, diagnostic }));
  try {
    return as('warning', load().warnings);
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const all = [...as('error', error.diagnostics), ...as('warning', error.warnings)];
    return all.sort((a, b) => byPlace(a.diagnostic, b.diagnostic));
  }
}

function print(text: string, exit: number): number {
  process.stdout.write(text);
  return exit;
}
