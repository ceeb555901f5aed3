import { createHash } from 'node:crypto';
import type { TaskPlace } from '../core/event.ts';
import type { TaskKept } from '../core/journal-line.ts';
import type { Secrets } from '../core/secret.ts';
import type { Statement } from '../load/playbook.ts';
import { isFailure } from './registered.ts';
import type { Outcome } from './task-outcome.ts';

/** A task on a host, or an item of its loop, that has ended. */
interface Ended {
  readonly task: Statement;
  readonly place: TaskPlace;
  readonly pass: string;
  /** It was run on this host for all. */
  readonly once: boolean;
  readonly item?: LoopItem;
}

export interface LoopItem {
  readonly index: number;
  readonly value: unknown;
}

/** What the journal keeps of it for who goes on with the run; nothing where its `task.end` will tell all. */
export function keptLine(
  { task, place, pass, once, item }: Ended,
  outcome: Outcome,
  secrets: Secrets,
): TaskKept | undefined {
  const { status, result, args } = outcome;
  const details = {
    ...(task.register !== undefined && { result }),
    ...(args && { args }),
    ...(isFailure(status) && { failure: { code: outcome.diagnostic?.code ?? '', message: outcome.message ?? '' } }),
  };
  const isPlain = Object.keys(details).length === 0;
  if (isPlain && !once && !item) return undefined;
  const isSecret = task.noLog || outcome.secret === true || secrets.holds(JSON.stringify(details));
  return {
    event: 'task.kept',
    ...place,
    ...(pass !== '' && { pass }),
    ...(item && { item: item.index, of: digestOf(item.value, secrets) }),
    status,
    ...(once && { once }),
    ...(isSecret && !isPlain ? { withheld: true } : details),
  };
}

/** Tells another item apart, and nothing of a secret. */
export function digestOf(value: unknown, secrets: Secrets): string {
  const text = JSON.stringify(value) ?? '';
  return createHash('sha256').update(secrets.mask(text)).digest('hex').slice(0, 12);
}
