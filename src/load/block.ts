import type { Path } from '../core/source.ts';
import { type BlockKeywords, blockSchema, type ConditionalKeywords } from './keywords.ts';
import { loopNames } from './loop-control.ts';
import { checkStatementKeys } from './module-key.ts';
import type { Block, Item } from './playbook.ts';
import { readKeywords, statementOf } from './statement.ts';
import type { Surroundings } from './surroundings.ts';

/** `block:` with what it rescues and what it always does. */
export function readBlock(raw: Readonly<Record<string, unknown>>, path: Path, surroundings: Surroundings): Block {
  const { document, play } = surroundings;
  const from = { schema: blockSchema, owner: 'a block', document, path, problems: play.problems };
  checkStatementKeys(raw, from, play.modules);
  const keywords = readKeywords(raw, from) as BlockKeywords;
  return makeBlock(keywords, { module: 'block', origin: 'block vars', path }, surroundings, (inside) => {
    const part = (name: 'block' | 'rescue' | 'always', within: Surroundings): Item[] =>
      play.readItems(keywords[name] ?? [], [...path, name], within);
    const afterwards = withFailure(inside);
    return { items: part('block', inside), rescue: part('rescue', afterwards), always: part('always', afterwards) };
  });
}

/** Rescue and always know what failed. */
function withFailure(inside: Surroundings): Surroundings {
  const { inherited } = inside;
  return { ...inside, inherited: { ...inherited, given: [...inherited.given, 'failure'] } };
}

export interface Parts {
  readonly items: readonly Item[];
  readonly rescue?: readonly Item[];
  readonly always?: readonly Item[];
}

/** A block of whatever `read` finds within. */
export function makeBlock(
  keywords: Partial<ConditionalKeywords>,
  kind: { readonly module: string; readonly origin: string; readonly path: Path },
  surroundings: Surroundings,
  read: (inside: Surroundings) => Parts,
): Block {
  const { statement, inherited } = statementOf(keywords, kind, surroundings);
  const parts = { items: [] as Item[], rescue: [] as Item[], always: [] as Item[] };
  const block: Block = { ...statement, ...parts };
  surroundings.play.blocks.push(block);
  const given = [...inherited.given, ...loopNames(block)];
  const found = read({ ...surroundings, inherited: { ...inherited, given }, within: block });
  parts.items.push(...found.items);
  parts.rescue.push(...(found.rescue ?? []));
  parts.always.push(...(found.always ?? []));
  return block;
}
