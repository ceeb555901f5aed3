import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Path, SourceText, Span } from '../core/source.ts';

/** Which node each alias stands for. */
export type Aliases = ReadonlyMap<Alias, Node>;

/** The text of a map's key, as it stands in the file. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return '';
  return typeof key.source === 'string' ? key.source : String(key.value);
}

export function isMerge(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** What finds the place of any part of a document, without walking a map twice. */
export function createLocate(source: SourceText, document: Document.Parsed, aliases: Aliases) {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();
  const follow = (node: unknown): unknown => (isAlias(node) ? aliases.get(node) : node);

  function indexOf(map: YAMLMap): Map<string, Pair> {
    const known = indexes.get(map);
    if (known) return known;
    const index = new Map<string, Pair>();
    indexes.set(map, index);
    for (const pair of map.items) if (!isMerge(pair.key)) index.set(keyText(pair.key), pair);
    for (const pair of map.items) if (isMerge(pair.key)) addMerged(index, follow(pair.value));
    return index;
  }

  function addMerged(index: Map<string, Pair>, merged: unknown): void {
    const sources = isSeq(merged) ? merged.items.map(follow) : [merged];
    for (const from of sources) {
      if (!isMap(from)) continue;
      for (const [key, pair] of indexOf(from)) if (!index.has(key)) index.set(key, pair);
    }
  }

  function child(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
    const parent = follow(node);
    if (isSeq(parent)) {
      const value = parent.items[Number(step)];
      return value === undefined ? undefined : { value };
    }
    return isMap(parent) ? indexOf(parent).get(String(step)) : undefined;
  }

  return (path: Path, part: 'key' | 'value' = 'value'): Span => {
    let found: { key?: unknown; value: unknown } = { value: document.contents };
    for (const step of path) {
      const next = child(found.value, step);
      if (!next) return spanOf(source, found.key) ?? firstOf(source, found.value);
      found = next;
    }
    if (part === 'key') return spanOf(source, found.key) ?? firstOf(source, found.value);
    const value = spanOf(source, found.value);
    // A key with nothing behind it is shown by its key.
    return value && value.end > value.start ? value : (spanOf(source, found.key) ?? value ?? wholeOf(source));
  };
}

function spanOf(source: SourceText, node: unknown): Span | undefined {
  const range = (node as Partial<Node> | undefined)?.range;
  return range ? { source, start: range[0], end: trimmedEnd(source.text, range[0], range[1]) } : undefined;
}

/** Block texts and collections end behind their last line break. */
function trimmedEnd(text: string, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && /\s/.test(text[trimmed - 1] ?? '')) trimmed--;
  return trimmed;
}

/** What has no key is shown by the first key of its map, or by its first line. */
function firstOf(source: SourceText, node: unknown): Span {
  const first = isMap(node) ? spanOf(source, node.items[0]?.key) : undefined;
  const whole = first ?? spanOf(source, node) ?? wholeOf(source);
  const lineBreak = source.text.indexOf('\n', whole.start);
  return lineBreak < 0 || lineBreak > whole.end ? whole : { ...whole, end: lineBreak };
}

function wholeOf(source: SourceText): Span {
  return { source, start: 0, end: 0 };
}
