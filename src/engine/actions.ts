import { setTimeout as sleep } from 'node:timers/promises';
import { type Diagnostic, ProvisionError, problem } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import { actions } from '../load/actions.ts';
import type { Task } from '../load/playbook.ts';
import { evaluate, evaluateBare } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { checkArguments } from '../schema/check.ts';
import type { HostState, PlayContext } from './play-context.ts';
import { failed } from './registered.ts';
import type { Outcome } from './task-outcome.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** What an action comes to on a host: done in its turn, without the machine. */
export interface Action {
  /** Variables that the host has from then on. */
  readonly keeps?: Arguments;
  readonly act: (host: HostState, context: PlayContext) => Outcome | Promise<Outcome>;
}

/** Whether others may look past it: it waits, asks, or changes what other hosts see. */
export function actsAlone({ module }: Task): boolean {
  return module === 'pause' || module === 'add_host' || module === 'group_by';
}

/** An action with its arguments known. */
export function prepareAction(task: Task, scope: Scope): Action {
  const args = argumentsOf(task, scope);
  const at = task.document.locate([...task.path, task.module], 'key');
  switch (task.module) {
    case 'debug': {
      const outcome = shown('var' in args ? valueOfVar(task, String(args.var), scope) : args.msg);
      return { act: () => outcome };
    }
    case 'fail':
      return { act: () => failed({ code: 'PV5011', message: textOf(args.msg ?? 'the playbook says so'), at }) };
    case 'set_fact':
      return { keeps: args, act: () => ({ ...done, result: { facts: args }, args }) };
    case 'pause':
      return { act: (_host, context) => pause(args, at, context) };
    case 'add_host':
      return { act: (_host, { inventory }) => ({ ...inventory.addHost(args, at), args }) };
    case 'group_by':
      return { act: (host, { inventory }) => ({ ...inventory.addToGroup(host.name, args), args }) };
    default:
      throw problem('PV9001', `${task.module} passed the checks but is not there`);
  }
}

/** Does again what an action did in the run that is resumed. */
export function redo(
  task: Task,
  args: Arguments,
  host: HostState,
  { inventory }: Pick<PlayContext, 'inventory'>,
): void {
  const at = task.document.locate([...task.path, task.module], 'key');
  if (task.module === 'set_fact') Object.assign(host.data, args);
  if (task.module === 'add_host') inventory.addHost(args, at);
  if (task.module === 'group_by') inventory.addToGroup(host.name, args);
}

const done: Outcome = { status: 'ok', diff: [], result: {} };

function argumentsOf(task: Task, scope: Scope): Arguments {
  const schema = actions.find(({ name }) => name === task.module);
  const locate = (path: Path, part?: 'key' | 'value'): Span =>
    task.document.locate([...task.path, task.module, ...path], part);
  const given = evaluate(task.args, scope, locate);
  if (!schema) throw problem('PV9001', `${task.module} passed the checks but is not there`);
  const { values, diagnostics } = checkArguments(schema, given, locate);
  const [first, ...others] = diagnostics as readonly Diagnostic[];
  if (first) throw new ProvisionError(first, ...others);
  return values;
}

function valueOfVar(task: Task, text: string, scope: Scope): unknown {
  return evaluateBare(text, scope, task.document.locate([...task.path, 'debug', 'var']));
}

function shown(value: unknown): Outcome {
  return { ...done, message: textOf(value), result: { msg: value } };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

async function pause(args: Arguments, at: Span, { ask, check, signal }: PlayContext): Promise<Outcome> {
  const seconds = Number(args.seconds ?? 0) + Number(args.minutes ?? 0) * 60;
  if (check) return done;
  if (seconds > 0) await sleep(seconds * 1000, undefined, { signal });
  if (args.prompt === undefined) return done;
  const hidden = args.echo === false;
  const answer = await ask({ text: String(args.prompt), hidden });
  if (answer !== undefined) return { ...done, result: { user_input: answer }, ...(hidden && { secret: true }) };
  const help = 'run it on a terminal, or with -y, which answers with Enter';
  return failed({ code: 'PV5012', message: `nobody can answer: ${String(args.prompt)}`, at, help });
}
