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
  readonly number: number;
  readonly pass: string;
  /** A step of it was sent. */
  readonly sent: boolean;
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
  { task, place, number, pass, once, sent, item }: Ended,
  outcome: Outcome,
  secrets: Secrets,
): TaskKept | undefined {
  const { status, result, args, diagnostic } = outcome;
  const details = {
    ...(task.register !== undefined && { result }),
    ...(args && { args }),
    ...(isFailure(status) && diagnostic && { failure: { code: diagnostic.code, message: diagnostic.message } }),
  };
  const isPlain = Object.keys(details).length === 0;
  if (isPlain && !once && !sent && !item) return undefined;
  const isSecret = task.noLog || outcome.secret === true || secrets.holds(JSON.stringify(details));
  return {
    event: 'task.kept',
    ...place,
    number,
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
