import { ProvisionError } from '../core/diagnostic.ts';
import type { Play, Statement, Task } from '../load/playbook.ts';
import type { VariableLayer } from '../load/variables.ts';
import { readFacts } from './facts.ts';
import { marked } from './marked-arguments.ts';
import { namesIn, namingTexts, textsOfStatement } from './name-uses.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { findTemplate } from './template-files.ts';

/**
 * Reads the facts of a host before its first task, where anything of the play or a variable of the host uses them; once
 * in a run. Why they cannot be read is told by the first task that uses them.
 */
export async function gatherFacts(host: HostState, context: PlayContext): Promise<void> {
  if (Object.hasOwn(host.data, 'facts') || !needsFacts(host.name, context)) return;
  const { earlier } = context.resumed ?? {};
  if (earlier?.facts.has(host.name)) return keepFacts(host, earlier.facts.get(host.name), context);
  const machine = context.machine(host.name);
  try {
    const facts = await machine.exclusively(async () => {
      const [task] = context.play.tasks;
      const as = task && context.identity(task, host.name, () => context.scope(host, task, {}));
      return readFacts((await machine.hold(as)).remote);
    });
    keepFacts(host, facts, context);
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    Object.defineProperty(host.data, 'facts', { configurable: true, get: () => throwAgain(error) });
  }
}

function keepFacts(host: HostState, facts: unknown, { note }: PlayContext): void {
  host.data.facts = facts;
  note?.({ event: 'facts.read', host: host.name, facts });
}

function throwAgain(error: ProvisionError): never {
  throw error;
}

function needsFacts(host: string, { play, inventory, module }: PlayContext): boolean {
  const layers = inventory.current.hosts.get(host)?.layers ?? [];
  return layers.some(usesFacts) || playUsesFacts(play, module);
}

const plays = new WeakMap<Play, boolean>();

function playUsesFacts(play: Play, module: PlayContext['module']): boolean {
  const known = plays.get(play);
  if (known !== undefined) return known;
  const statements: readonly Statement[] = [...play.tasks, ...play.handlers, ...play.blocks];
  const uses =
    [play.vars, ...play.varsFiles].some(usesFacts) ||
    statements.some(statementUsesFacts) ||
    [...play.tasks, ...play.handlers].some((task) => templateUsesFacts(task, module));
  plays.set(play, uses);
  return uses;
}

const layerUses = new WeakMap<VariableLayer['values'], boolean>();

function usesFacts({ values }: VariableLayer): boolean {
  const known = layerUses.get(values);
  if (known !== undefined) return known;
  const uses = namingTexts(values).some(({ names }) => names.has('facts'));
  layerUses.set(values, uses);
  return uses;
}

function statementUsesFacts(statement: Statement): boolean {
  const { defaults, layers } = statement;
  return (
    [...defaults, ...layers].some(usesFacts) || textsOfStatement(statement).some(({ names }) => names.has('facts'))
  );
}

/** A template that is named by an expression may be any. */
function templateUsesFacts(task: Task, moduleOf: PlayContext['module']): boolean {
  const module = moduleOf(task.module);
  if (!module) return false;
  return marked(module.args, task.args).some(({ schema, value }) => {
    if (schema.template === undefined || typeof value !== 'string') return false;
    if (value.includes('<%')) return true;
    const { text } = findTemplate(value, task.templateFolders, task.document.locate(task.path));
    return text.includes('facts') && namesIn(text, 'template').has('facts');
  });
}
