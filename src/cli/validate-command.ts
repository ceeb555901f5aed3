import { problem } from '../core/diagnostic.ts';
import { countOf } from '../report/task-text.ts';
import { loadProject } from './load-project.ts';
import { optionsHelp, parseOptions, validateFlags } from './options.ts';

const usage = `Usage: provision validate PLAYBOOK... [options]

Checks playbooks and inventory as far as that goes without connecting to a host.

${optionsHelp(validateFlags)}
`;

/** `provision validate PLAYBOOK…`: everything that needs no connection. */
export async function validateCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, validateFlags);
  if (options.help) process.stdout.write(usage);
  if (options.help) return 0;
  if (words.length === 0) {
    throw problem('PV0003', 'no playbook is named', { help: 'provision validate PLAYBOOK...' });
  }
  const project = loadProject({ playbooks: words, inventory: options.inventory, extraVars: options['extra-vars'] });
  for (const { name, plays } of project.playbooks) {
    const tasks = plays.reduce((sum, play) => sum + play.tasks.length, 0);
    process.stdout.write(`${name}: in order, ${countOf(plays.length, 'play')}, ${countOf(tasks, 'task')}\n`);
  }
  process.stdout.write(`inventory: in order, ${countOf(project.inventory.hosts.size, 'host')}\n`);
  return 0;
}
