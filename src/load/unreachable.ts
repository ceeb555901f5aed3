import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { isBlock } from './is-block.ts';
import type { Item, Statement, Task } from './playbook.ts';
import { placeOfName, saysItself } from './written.ts';

/** Warns of tasks that certainly never run: behind one that always ends the play, or by what they say themselves. */
export function warnOfUnreachable(sections: readonly (readonly Item[])[], problems: Problems): void {
  const all = sections.flat();
  warnBehind(all, problems);
  for (const item of all) warnWithin(item, problems);
}

function warnWithin(item: Item, problems: Problems): void {
  const never = whyNever(item);
  if (never) {
    const help = 'take it out, or the word that keeps it from running';
    problems.warn('PV1116', `${nameOf(item)} never runs: ${never.message}`, { at: never.at, help });
  }
  if (!isBlock(item)) return;
  const parts = [item.items, item.rescue, item.always];
  for (const part of parts) warnBehind(part, problems);
  for (const inner of parts.flat()) warnWithin(inner, problems);
}

/** The first statement of a list that nobody gets to; those behind it go without saying. */
function warnBehind(items: readonly Item[], problems: Problems): void {
  const last = items.findIndex((item) => endOf(item) !== undefined);
  const [item, next] = [items[last], items[last + 1]];
  const end = item && endOf(item);
  if (!end || !next) return;
  problems.warn('PV1116', `${nameOf(next)} is never reached`, {
    at: placeOfName(next),
    related: [{ at: placeOfName(end), message: 'no host goes on behind this' }],
    help: `give \`${end.module}\` a \`when\`, or take out what stands behind it`,
  });
}

function whyNever({ when, loop, document, path }: Statement): { message: string; at: Span } | undefined {
  const isFalse = [when].flat().some((part) => String(part).trim() === 'false');
  if (isFalse) return { message: 'its `when` is false', at: document.locate([...path, 'when']) };
  if (!Array.isArray(loop) || loop.length > 0) return undefined;
  return { message: 'its `loop` has no items', at: document.locate([...path, 'loop']) };
}

/** The task that certainly keeps every host from going on behind a statement. */
function endOf(item: Item): Task | undefined {
  if (mayBeLeftOut(item)) return undefined;
  if (!isBlock(item)) return isEnd(item) ? item : undefined;
  const end = firstEnd(item.items);
  // Anything in it may fail before its end.
  const rescued = end && item.rescue.length > 0 ? firstEnd(item.rescue) : end;
  return rescued ?? firstEnd(item.always);
}

function firstEnd(items: readonly Item[]): Task | undefined {
  for (const item of items) {
    const end = endOf(item);
    if (end) return end;
  }
  return undefined;
}

function isEnd({ module, args, ignoreErrors, failedWhen, again }: Task): boolean {
  if (module === 'fail') return !ignoreErrors && failedWhen === undefined && !again;
  const word = typeof args === 'object' && args !== null ? (args as Readonly<Record<string, unknown>>).do : undefined;
  return module === 'meta' && (word === 'end_play' || word === 'end_host');
}

/** By a condition, an empty list, or the tags that somebody asks for. */
function mayBeLeftOut(statement: Statement): boolean {
  const { when, loop, runOnce } = statement;
  return when !== undefined || loop !== undefined || runOnce || saysItself(statement, 'tags');
}

function nameOf(item: Item): string {
  return isBlock(item) && item.name === item.module ? `this ${item.module}` : `\`${item.name}\``;
}
