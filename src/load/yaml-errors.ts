import { type Document, visit, type YAMLError } from 'yaml';
import type { Problems } from '../core/diagnostic.ts';
import type { SourceText, Span } from '../core/source.ts';
import { type CutTemplate, cutOnLine, inQuotes, restOfLine } from './yaml-traps.ts';

interface ParserProblems {
  readonly source: SourceText;
  readonly document: Document.Parsed;
  readonly problems: Problems;
  readonly cuts: readonly CutTemplate[];
}

/** The parser's errors and warnings in the user's words; one for a line, and for the line above a tab. */
export function reportParserProblems({ source, document, problems, cuts }: ParserProblems): void {
  const told = new Set(cuts.map((cut) => lineOf(source, cut.at.start)));
  for (const warning of document.warnings) reportWarning(warning, source, problems);
  const directive = document.warnings.some((warning) => warning.code === 'BAD_DIRECTIVE');
  for (const error of document.errors.filter(isTab)) told.add(lineOf(source, lineOf(source, error.pos[0])));
  for (const error of [...document.errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const line = lineOf(source, error.pos[0]);
    if (told.has(line) || (directive && error.message.includes('directives-end'))) continue;
    told.add(line);
    reportError(error, { source, document, problems });
  }
}

function isTab({ code }: YAMLError): boolean {
  return code === 'TAB_AS_INDENT';
}

/** Behind a text a line with a tab is taken for more of it, until something stands there that no text goes on with. */
function tabBefore({ pos: [offset], code }: YAMLError, source: SourceText): Span | undefined {
  if (code !== 'UNEXPECTED_TOKEN') return undefined;
  const start = lineOf(source, offset) + 1;
  const tab = /^ *(?=\t)/.exec(restOfLine(source.text, start))?.[0];
  return tab === undefined ? undefined : { source, start: start + tab.length, end: start + tab.length + 1 };
}

function reportWarning(warning: YAMLError, source: SourceText, problems: Problems): void {
  const at = spanOf(warning, source);
  if (warning.code !== 'TAG_RESOLVE_FAILED') {
    const said = words[warning.code]?.(warning, source) ?? { message: lowerFirst(warning.message) };
    problems.add('PV1001', said.message, { at, help: said.help ?? quotesHelp });
    return;
  }
  const tag = source.text.slice(at.start, at.end);
  const key = /(\w+):\s*$/.exec(source.text.slice(source.text.lastIndexOf('\n', at.start) + 1, at.start))?.[1];
  const rest = restOfLine(source.text, at.start).trim();
  if (key && conditions.has(key)) {
    problems.add('PV1003', `YAML takes \`${tag}\` for a tag, not for a negation`, {
      at,
      help: `put the condition in quotes: ${key}: ${inQuotes(rest)}`,
    });
  } else {
    problems.add('PV1004', `there is no tag \`${tag}\``, {
      at,
      help: tagCures[tag] ?? `put the text in quotes if it begins with an exclamation mark: ${inQuotes(rest)}`,
    });
  }
}

const conditions = new Set(['when', 'until', 'changed_when', 'failed_when']);

const tagCures: Readonly<Record<string, string>> = {
  '!vault': 'values encrypted by ansible-vault are not read; take it from the environment: "<%= env(\'NAME\') %>"',
  '!unsafe': 'write the text without it; `<%` in it is written `<%%`',
};

function reportError(error: YAMLError, { source, document, problems }: Omit<ParserProblems, 'cuts'>): void {
  const at = openQuote(error, document, source) ?? spanOf(error, source);
  const cut = cutOnLine(source, at.start);
  if (cut) {
    problems.add('PV1005', cut.message, { at: cut.at, help: cut.help });
    return;
  }
  const jinja = jinjaOnLine(source, at.start);
  if (jinja) {
    const message = '`{{ … }}` is not an expression here, and YAML takes it for a map';
    problems.add('PV1010', message, { at: jinja, help: 'write "<%= … %>", in quotes' });
    return;
  }
  const tab = isTab(error) ? at : tabBefore(error, source);
  if (tab) {
    problems.add('PV1006', 'YAML is indented with spaces, and this is a tab', {
      at: tab,
      help: 'replace it by spaces',
    });
    return;
  }
  if (error.message.includes('call stack')) {
    problems.add('PV1001', tooDeep.message, { at, help: tooDeep.help });
    return;
  }
  const stray = error.code === 'BLOCK_AS_IMPLICIT_KEY' ? strayIndent(error, document, source) : undefined;
  const said = stray ? strayWords : (words[error.code]?.(error, source) ?? { message: lowerFirst(error.message) });
  problems.add('PV1001', said.message, { at: stray ?? at, ...(said.help && { help: said.help }) });
}

interface Said {
  readonly message: string;
  readonly help?: string;
}

/** The parser tells the end of its own stack as one more error, or throws it. */
export const tooDeep = {
  message: 'this is nested too deeply to be read',
  help: 'look for a long row of `[` or `- - -`',
};

const strayWords: Said = {
  message: 'this line is indented deeper than the line it continues',
  help: 'begin it under the first letter of its neighbours, or put the text above in quotes',
};

const quotesHelp = 'put the whole text in quotes';

const directiveWords: Said = {
  message: 'a line that begins with `%` is meant for the YAML parser',
  help: quotesHelp,
};

/** What the parser's codes mean to somebody who writes playbooks. */
const words: Readonly<Record<string, (error: YAMLError, source: SourceText) => Said>> = {
  BLOCK_AS_IMPLICIT_KEY: (error, source) => ({
    message: 'a `: ` inside a text makes it a map',
    help: `${quotesHelp}: ${inQuotes(restOfLine(source.text, error.pos[0]).trim())}`,
  }),
  BAD_SCALAR_START: (error, source) => ({
    message: `a text must not begin with \`${source.text[error.pos[0]]}\``,
    help: `${quotesHelp}: ${inQuotes(restOfLine(source.text, error.pos[0]).trim())}`,
  }),
  MULTIPLE_DOCS: () => ({
    message: 'a second document begins here',
    help: 'keep one document in a file: remove `---`',
  }),
  BAD_DQ_ESCAPE: (error) => ({
    message: lowerFirst(error.message),
    help: "in double quotes a backslash is written twice; in single quotes, '…', it is only itself",
  }),
  BAD_DIRECTIVE: () => directiveWords,
  MISSING_CHAR: (error, source) => missingCharacter(error, source),
  UNEXPECTED_TOKEN: (error) => ({
    message: error.message.includes('at node end')
      ? 'the value ended before this'
      : lowerFirst(error.message.replaceAll('-', ' ')),
    help: `${quotesHelp}, or look for a bracket or quote that is not closed`,
  }),
  BAD_INDENT: (error) =>
    error.message.startsWith('Flow')
      ? { message: 'a bracket opened above is not closed', help: 'close it, or indent this line deeper' }
      : { message: lowerFirst(error.message), help: 'begin the line under the first letter of its neighbours' },
  BLOCK_IN_FLOW: () => ({ message: 'a `: ` or `- ` stands inside brackets', help: quotesHelp }),
};

function missingCharacter(error: YAMLError, source: SourceText): Said {
  if (error.message.includes('quote')) return { message: 'a quote is not closed', help: 'close it' };
  if (error.message.includes('followed by map values')) {
    const text = source.text.slice(error.pos[0], error.pos[1]).trim();
    return {
      message: `\`${text}\` is neither \`key: value\` nor \`- item\``,
      help: 'a colon is missing, or the line is not indented as it should be',
    };
  }
  if (error.message.includes('directives-end')) return directiveWords;
  if (error.message.includes('- indicator')) {
    return {
      message: 'this line belongs neither to the item above nor to the list',
      help: 'begin it under the first letter of its neighbours, or with `- ` if it is an item of its own',
    };
  }
  return { message: lowerFirst(error.message), help: 'separate items by commas, and close every bracket' };
}

/** Where the text that swallowed the next line goes on, when that is what happened. */
function strayIndent(error: YAMLError, document: Document.Parsed, source: SourceText): Span | undefined {
  const long = document.errors.find((e) => e.code === 'MULTILINE_IMPLICIT_KEY' && e.pos[0] === error.pos[0]);
  if (!long) return undefined;
  const lineStart = source.text.lastIndexOf('\n', long.pos[1] - 1) + 1;
  const start = lineStart + (/^\s*/.exec(source.text.slice(lineStart))?.[0].length ?? 0);
  return { source, start, end: Math.max(start, long.pos[1]) };
}

/** The quote that was never closed: the parser points at the end of the file. */
function openQuote(error: YAMLError, document: Document.Parsed, source: SourceText): Span | undefined {
  if (!error.message.includes('Missing closing')) return undefined;
  let start: number | undefined;
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE_') && range && range[0] < error.pos[0]) start = range[0];
    },
  });
  return start === undefined ? undefined : { source, start, end: start + 1 };
}

/** From the first letter of a line, and at most to its end: what is shown is one line. */
function spanOf({ pos: [from, end] }: YAMLError, source: SourceText): Span {
  const isLineStart = from === 0 || source.text[from - 1] === '\n';
  const start = isLineStart ? from + (/^ */.exec(restOfLine(source.text, from))?.[0].length ?? 0) : from;
  return { source, start, end: Math.max(start, Math.min(end, start + restOfLine(source.text, start).length)) };
}

function jinjaOnLine(source: SourceText, offset: number): Span | undefined {
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  const found = /^[^"'#]*?(\{\{.*?(?:\}\}|$))/.exec(restOfLine(source.text, lineStart));
  if (!found) return undefined;
  const end = lineStart + found[0].length;
  return { source, start: end - (found[1] ?? '').length, end };
}

function lineOf(source: SourceText, offset: number): number {
  return source.text.lastIndexOf('\n', offset - 1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
