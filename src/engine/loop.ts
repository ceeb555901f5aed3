import { problem } from '../core/diagnostic.ts';
import type { Status } from '../core/outcome.ts';
import type { Statement } from '../load/playbook.ts';
import { evaluate } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';
import { registered } from './registered.ts';
import type { Outcome } from './task-outcome.ts';

/** The items of a `loop`, evaluated for one host; `undefined` where there is none. */
export function loopItems(task: Statement, scope: Scope): readonly unknown[] | undefined {
  if (task.loop === undefined) return undefined;
  const locate = (path: readonly (string | number)[]) => task.document.locate([...task.path, 'loop', ...path]);
  const items = evaluate(task.loop, scope, locate);
  if (Array.isArray(items)) return items;
  throw problem('PV5007', `loop must be a list, not ${items === null ? 'nothing' : typeof items}`, { at: locate([]) });
}

/** What an item of a loop is called, and its number. */
export function itemNames({ loopControl }: Statement, item: unknown, index: number): Record<string, unknown> {
  const { loopVar, indexVar } = loopControl;
  return { [loopVar]: item, ...(indexVar !== undefined && { [indexVar]: index }) };
}

/** What is shown of an item of a loop, where it says so. `scope`: with the names of the item. */
export function labelOf({ loopControl, document, path }: Statement, scope: () => Scope): string | undefined {
  if (loopControl.label === undefined) return undefined;
  return String(evaluate(loopControl.label, scope(), () => document.locate([...path, 'loop_control', 'label'])));
}

/** Worst first: a task with a loop ends as the worst of its items. */
const severity: readonly Status[] = ['unreachable', 'failed', 'unknown', 'changed', 'ok', 'skipped'];

/** What the items of one task amount to. */
export function mergeItems(items: readonly unknown[], outcomes: readonly Outcome[]): Outcome {
  const status = severity.find((candidate) => outcomes.some((outcome) => outcome.status === candidate)) ?? 'skipped';
  const worst = outcomes.find((outcome) => outcome.status === status);
  const messages = outcomes.flatMap((outcome) =>
    outcome.message && outcome.status === status ? [outcome.message] : [],
  );
  return {
    status,
    ...(messages.length > 0 && { message: messages.join('; ') }),
    ...(worst?.diagnostic && { diagnostic: worst.diagnostic }),
    diff: outcomes.flatMap((outcome) => outcome.diff),
    result: {
      items: outcomes.map((outcome, index) => ({ ...registered(outcome), item: items[index] })),
    },
  };
}
