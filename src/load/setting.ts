import type { Span } from '../core/source.ts';
import type { Statement, Task } from './playbook.ts';

/** What an expression gives when a task runs. */
export interface Unevaluated {
  readonly text: string;
  readonly at: Span;
}

export type Setting<T> = T | Unevaluated;

/** The value of a keyword that may be an expression. */
export function settingOf<T extends string | number>(value: T | string, at: () => Span): Setting<T> {
  return typeof value === 'string' && value.includes('<%') ? { text: value, at: at() } : (value as T);
}

export function isUnevaluated(value: unknown): value is Unevaluated {
  return typeof value === 'object' && value !== null && 'text' in value;
}

/** Every keyword of a task or block, said by itself or around it, that is an expression. */
export function unevaluatedOf(statement: Statement | Task): readonly Unevaluated[] {
  const { throttle, timeout, becomeUser, loopControl } = statement;
  const own = 'args' in statement ? [statement.retries, statement.delay, statement.backoff] : [];
  return [throttle, timeout, becomeUser, loopControl.pause, loopControl.parallel, ...own].filter(isUnevaluated);
}
