import type { SourceText, Span } from '../../src/core/source.ts';

/** The span that `»` and `«` mark in a text, and the text without them. */
export function markedSpan(name: string, marked: string): Span {
  const start = marked.indexOf('»');
  const end = marked.indexOf('«') - 1;
  if (start < 0 || end < start) throw new Error('the text has no »marked« part');
  const source: SourceText = { name, text: marked.replace('»', '').replace('«', '') };
  return { source, start, end };
}
