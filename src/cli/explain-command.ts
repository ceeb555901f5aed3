import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Explanation, explain } from '../engine/explain.ts';
import { findVariable } from '../load/variables.ts';
import { findModule } from '../modules/registry.ts';
import { explanationJson, winnersJson } from './explain-json.ts';
import { explanationText, winnersText } from './explain-text.ts';
import { loadProject } from './load-project.ts';
import { explainFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { printWarnings } from './print-warnings.ts';
import type { Project } from './project.ts';
import { surroundingsOf } from './terminal.ts';

const usage = `Usage: provision explain VARIABLE --host HOST [PLAYBOOK...] [options]

Says what a variable is on a host: the file and line that wins, those it beats, and what uses it, as far as that can be
told without connecting. With playbooks, their variables count and their tasks and templates are looked through. Without
--host it lists the winner on every host.

${optionsHelp(explainFlags)}
`;

/** `provision explain VARIABLE`. */
export async function explainCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, explainFlags);
  if (options.help) return print(usage);
  const [name, ...playbooks] = words;
  if (name === undefined) {
    throw problem('PV0003', 'no variable is named', { help: 'provision explain VARIABLE --host HOST' });
  }
  const project = loadProject({ playbooks, inventory: options.inventory, extraVars: options['extra-vars'] });
  printWarnings(project.warnings);
  const asJson = options.output === 'json';
  if (options.host === undefined) return print(winners(name, project, asJson ? winnersJson : winnersText));
  const plays = project.playbooks.flatMap((playbook) => playbook.plays);
  const host = hostNamed(options.host, project);
  const explanation = explain({ ...project, plays, host, name, modules: findModule });
  if (explanation.meanings.length + explanation.given.length === 0) throw unknownVariable(name, project, host);
  return print((asJson ? explanationJson : textOf)(explanation, { name, host }));
}

function textOf(explanation: Explanation, subject: { readonly name: string; readonly host: string }): string {
  return explanationText(explanation, { ...subject, width: surroundingsOf(process.stdout).width });
}

function winners(name: string, project: Project, show: typeof winnersText): string {
  const rows = [...project.inventory.hosts.values()].flatMap(({ name: host, layers }) => {
    const won = findVariable([...layers, ...project.extra], name);
    return won ? [{ host, name, won }] : [];
  });
  if (rows.length === 0) throw unknownVariable(name, project);
  return show(rows);
}

function hostNamed(name: string, { inventory: { hosts } }: Project): string {
  if (hosts.has(name)) return name;
  const help = didYouMean(name, hosts.keys()) ?? '`provision inventory` shows all hosts';
  throw problem('PV0003', `there is no host \`${name}\` in the inventory`, { help });
}

function unknownVariable(name: string, { inventory, playbooks, extra }: Project, host?: string) {
  const hosts = [...inventory.hosts.values()].filter((one) => host === undefined || one.name === host);
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  const layers = [...hosts.flatMap((one) => one.layers), ...plays.map(({ vars }) => vars), ...extra];
  const near = didYouMean(name, new Set(layers.flatMap(({ values }) => Object.keys(values))));
  const where = host === undefined ? 'no host has' : `${host} has no`;
  const help = near ?? (playbooks.length === 0 ? 'variables of a playbook count where it is named, too' : undefined);
  return problem('PV3001', `${where} variable \`${name}\``, help === undefined ? {} : { help });
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
