import { problem } from '../core/diagnostic.ts';
import type { TaskPlace } from '../core/event.ts';
import type { Path, Span } from '../core/source.ts';
import { isAction } from '../load/actions.ts';
import type { Task } from '../load/playbook.ts';
import { evaluate } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { type Action, prepareAction } from './actions.ts';
import { renderArguments } from './arguments.ts';
import { holds } from './condition.ts';
import { discreet } from './discreet.ts';
import { withEnvironment } from './environment.ts';
import { mayJudgeFailed } from './judge.ts';
import type { HostState, PlayContext } from './play-context.ts';
import type { Assignment } from './task.ts';

/** A task on a host, or one item of its loop. */
export interface Unit {
  readonly task: Task;
  readonly place: TaskPlace;
  /** Number of the item in its own loop. */
  readonly index?: number;
  /** What loops and blocks around, and its own loop, give. */
  readonly names: Readonly<Record<string, unknown>>;
}

/** What a task comes to on a host: its work with all arguments known; `undefined`: `when` does not hold. */
export function prepare(
  { task, place, names }: Unit,
  host: HostState,
  context: PlayContext,
): Assignment | Action | undefined {
  const scope = context.scope(host, task, names);
  const at = (...path: Path): Span => task.document.locate([...task.path, ...path]);
  if (task.when !== undefined && !holds(task.when, scope, task, 'when')) return undefined;
  if (isAction(task.module)) return prepareAction(task, scope);
  const target = machineName(task, scope, host.name, at);
  if (target !== host.name) refuseEnded(target, context.ended(target), at('delegate_to'));
  const module = context.module(task.module);
  if (!module) throw problem('PV9001', `module ${task.module} passed the checks but is not there`);
  const machine = context.machine(target);
  const args = renderArguments(task, module, scope, { ...context.arguments, templateFolders: task.templateFolders });
  const as = context.identity(task, target, () => scope);
  const cautious = task.ignoreErrors || mayJudgeFailed(task);
  const pending = () => host.pending || machine.pending;
  const work = {
    module: discreet(withEnvironment(module, task, scope), context.arguments.secrets),
    args,
    machine,
    place,
    cautious,
    pending,
  };
  return { ...work, ...(as && { as }) };
}

function machineName(task: Task, scope: Scope, own: string, at: (...path: Path) => Span): string {
  if (task.delegateTo === undefined) return own;
  const name = evaluate(task.delegateTo, scope, () => at('delegate_to'));
  if (typeof name === 'string') return name;
  throw problem('PV5006', 'delegate_to must name one host', { at: at('delegate_to') });
}

function refuseEnded(target: string, ended: 'failed' | 'unreachable' | undefined, at: Span): void {
  if (!ended) return;
  const how = ended === 'failed' ? 'failed' : 'was unreachable';
  throw problem('PV5004', `${target}, to which this task is delegated, ${how} earlier in this run`, {
    at,
    help: `mend ${target} first; its own error is above`,
  });
}
