import { type Document, parseDocument } from 'yaml';
import type { Problems } from '../core/diagnostic.ts';
import type { Located, SourceText } from '../core/source.ts';
import { reportParserProblems, tooDeep } from './yaml-errors.ts';
import { createLocate } from './yaml-locate.ts';
import { findCutTemplates } from './yaml-traps.ts';
import { readNodes } from './yaml-value.ts';

/**
 * Reads one YAML document. Every error and warning of the parser, and every trap of YAML that would silently change
 * what the user meant, goes to `problems`; `undefined` when what was read cannot be what was meant.
 */
export function parseYaml(source: SourceText, problems: Problems): Located | undefined {
  const document = parse(source, problems);
  if (!document) return undefined;
  const before = problems.count;
  const cuts = findCutTemplates(source, document);
  for (const { at, message, help } of cuts) problems.add('PV1005', message, { at, help });
  reportParserProblems({ source, document, problems, cuts });
  if (cuts.length > 0 || document.errors.length > 0) return undefined;
  const { value, aliases, secrets, broken } = readNodes(document, source, problems);
  if (broken && problems.count > before) return undefined;
  return { value, source, secrets, locate: createLocate(source, document, aliases) };
}

function parse(source: SourceText, problems: Problems): Document.Parsed | undefined {
  try {
    return parseDocument(source.text, {
      prettyErrors: false,
      // Keys are compared in `readNodes`: the parser's own way is quadratic.
      uniqueKeys: false,
      merge: true,
      customTags: [{ tag: '!secret', resolve: (name: string) => name }],
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const at = { source, start: 0, end: 0 };
    problems.add('PV1001', tooDeep.message, { at, help: tooDeep.help });
    return undefined;
  }
}
