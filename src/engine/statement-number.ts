import type { Play, Statement } from '../load/playbook.ts';

const numbers = new WeakMap<Play, ReadonlyMap<Statement, number>>();

/** Tells statements of a play apart, which may have one name; the same as long as its files are. */
export function numberIn(play: Play, statement: Statement): number {
  const known = numbers.get(play) ?? new Map(statementsOf(play).map((each, index) => [each, index]));
  numbers.set(play, known);
  return known.get(statement) ?? -1;
}

function statementsOf({ tasks, handlers, blocks }: Play): readonly Statement[] {
  return [...tasks, ...handlers, ...blocks];
}
