import { createRequire } from 'node:module';
import type { Program } from 'acorn';
import type { Code } from '../core/codes.ts';
import { endsSoon } from './ends-soon.ts';
import { type CodeFacts, codeFacts } from './free-names.ts';
import { internalNames } from './sandbox.ts';
import { scanTags, type Tag } from './tags.ts';

/** How a text is read: a value with tags, a template file, or one bare expression. */
export type Form = 'value' | 'template' | 'condition';

/** Something wrong with a text before it is ever evaluated; offsets count from the start of the text. */
export interface Mistake {
  readonly code: Code;
  readonly message: string;
  readonly help?: string;
  readonly start: number;
  readonly end: number;
}

export interface Analysis {
  readonly tags: readonly Tag[];
  readonly mistakes: readonly Mistake[];
  readonly facts: CodeFacts;
  /** It surely comes to its end without being watched. */
  readonly brief: boolean;
}

const unread = { facts: { free: [], asked: new Set<string>(), assigned: [], refused: [] }, brief: false };
const known = new Map<string, Analysis>();

/** The parser is loaded with the first expression: many playbooks have none. */
const require = createRequire(import.meta.url);

function parse(code: string): Program {
  return (require('acorn') as typeof import('acorn')).parse(code, { ecmaVersion: 2023 });
}

/** Reads a text once: its tags, the names it uses, and every mistake in it with its exact place. */
export function analyse(text: string, form: Form): Analysis {
  const key = `${form} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const analysis = form === 'condition' ? analyseCondition(text) : analyseText(text);
  known.set(key, analysis);
  return analysis;
}

function analyseText(text: string): Analysis {
  const { tags, mistakes } = scanTags(text);
  const found: Mistake[] = mistakes.map((mistake) => ({ code: 'PV3003', ...mistake }));
  found.push(...tags.filter(({ kind }) => kind === 'raw').map(refuseRaw));
  if (found.length > 0) return { tags, mistakes: found, ...unread };
  const values = tags.filter(({ kind }) => kind === 'value');
  found.push(...values.flatMap((tag) => checkValueTag(text, tag)));
  if (found.length > 0) return { tags, mistakes: found, ...unread };
  // Without statements no tag can see what another one declares: each is known by itself.
  if (!tags.some(({ kind }) => kind === 'code'))
    return joined(
      tags,
      values.map((tag) => factsOfTag(text, tag)),
    );
  return analyseCode(skeleton(text, tags), { tags, shift: 0, length: text.length });
}

/** Expressions that were parsed, by their code: most texts name one of few variables. */
const expressions = new Map<string, Pick<Analysis, 'facts' | 'brief'>>();

/** Throws as the parser does; offsets count from a parenthesis before the code. */
function expressionFacts(code: string): Pick<Analysis, 'facts' | 'brief'> {
  const before = expressions.get(code);
  if (before !== undefined) return before;
  const tree = parse(`(${code}\n)`);
  const found = { facts: codeFacts(tree), brief: endsSoon(tree) };
  expressions.set(code, found);
  return found;
}

function factsOfTag(text: string, { codeStart, codeEnd }: Tag): Pick<Analysis, 'facts' | 'brief'> {
  const { facts, brief } = expressionFacts(withoutSemicolon(text.slice(codeStart, codeEnd)));
  return { facts: moved(facts, 1 - codeStart), brief };
}

function joined(tags: readonly Tag[], parts: readonly Pick<Analysis, 'facts' | 'brief'>[]): Analysis {
  const facts = {
    free: parts.flatMap((part) => part.facts.free),
    asked: new Set(parts.flatMap((part) => [...part.facts.asked])),
    assigned: parts.flatMap((part) => part.facts.assigned),
    refused: parts.flatMap((part) => part.facts.refused),
  };
  return { tags, facts, brief: parts.every(({ brief }) => brief), mistakes: mistakesOf(facts) };
}

function analyseCondition(text: string): Analysis {
  if (text.includes('<%')) {
    const help = 'it is JavaScript as it stands: take the tags away and write the names alone';
    const message = 'a condition is an expression itself and takes no `<% %>`';
    const start = text.indexOf('<%');
    return { tags: [], mistakes: [{ code: 'PV3003', message, help, start, end: start + 2 }], ...unread };
  }
  if (text.trim() === '') {
    const help = "write what must hold: `has('name')`, `name == 'value'`";
    return {
      tags: [],
      mistakes: [{ code: 'PV3003', message: 'the condition is empty', help, start: 0, end: 0 }],
      ...unread,
    };
  }
  return analyseCode(`(${text}\n)`, { tags: [], shift: 1, length: text.length });
}

interface Origin {
  readonly tags: readonly Tag[];
  /** How many characters the code has before the text begins. */
  readonly shift: number;
  readonly length: number;
}

function analyseCode(code: string, { tags, shift, length }: Origin): Analysis {
  try {
    const tree = parse(code);
    const facts = moved(codeFacts(tree), shift);
    return { tags, facts, brief: endsSoon(tree), mistakes: mistakesOf(facts) };
  } catch (error) {
    const at = Math.max(0, positionOf(error) - shift);
    const last = tags.findLast(({ kind }) => kind === 'code');
    if (last && at >= length) return { tags, ...unread, mistakes: [unfinished(last)] };
    return { tags, ...unread, mistakes: [syntaxMistake(error, code[at + shift], { at, end: length })] };
  }
}

function unfinished({ start, end }: Tag): Mistake {
  const help = 'a block that one tag opens with `{` is closed by another: `<% } %>`';
  return { code: 'PV3003', message: 'a block is still open where the text ends', help, start, end };
}

/** A value tag is an expression of its own, so each gets its own error. */
function checkValueTag(text: string, { start, end, codeStart, codeEnd }: Tag): Mistake[] {
  const code = withoutSemicolon(text.slice(codeStart, codeEnd));
  if (code.trim() === '') {
    const help = 'write an expression in it: `<%= name %>`';
    return [{ code: 'PV3003', message: 'the tag is empty', help, start, end }];
  }
  try {
    expressionFacts(code);
    return [];
  } catch (error) {
    const at = positionOf(error) - 1;
    return [syntaxMistake(error, code[at], { at: at + codeStart, end: codeEnd })];
  }
}

function syntaxMistake(
  error: unknown,
  character: string | undefined,
  { at, end }: { at: number; end: number },
): Mistake {
  const said = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error);
  const early = at >= end || character === undefined;
  const unexpected = said === 'Unexpected token' && !early ? `\`${character}\` is not expected here` : said;
  const start = Math.min(at, Math.max(0, end - 1));
  return {
    code: 'PV3003',
    message: early && said === 'Unexpected token' ? 'the expression ends too early' : lowerFirst(unexpected),
    help: "an expression is JavaScript, such as `port + 1` or `name === 'alfa' ? 1 : 2`",
    start,
    end: start + 1,
  };
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function positionOf(error: unknown): number {
  const position = (error as { pos?: unknown }).pos;
  if (typeof position !== 'number') throw error;
  return position;
}

function mistakesOf(facts: CodeFacts): Mistake[] {
  return [
    ...facts.refused.map(({ what, help, start, end }): Mistake => {
      return { code: 'PV3004', message: `${what} is not allowed in an expression`, help, start, end };
    }),
    ...facts.assigned.map(({ name, start, end }): Mistake => {
      const help = `variables do not change here; for one of your own, write \`let ${name} = …\` first`;
      return { code: 'PV3009', message: `\`${name}\` cannot be assigned to`, help, start, end };
    }),
    ...facts.free
      .filter(({ name }) => internalNames.has(name) || name === 'include')
      .map(({ name, start, end }): Mistake => {
        const help = name === 'include' ? 'put the text into this file, or into a variable' : 'use another name';
        return { code: 'PV3004', message: `\`${name}\` is not available in an expression`, help, start, end };
      }),
  ];
}

function refuseRaw({ start }: Tag): Mistake {
  const help = 'write `<%=`; what it prints is escaped for the kind of file that is made';
  return { code: 'PV3012', message: '`<%-` is not allowed', help, start, end: start + 3 };
}

/**
 * The JavaScript that EJS makes of a text, laid out so that every character of code stays where it stands in the text:
 * offsets of the parser are offsets of the text.
 */
function skeleton(text: string, tags: readonly Tag[]): string {
  let code = '';
  let at = 0;
  for (const tag of tags) {
    const before = text.slice(at, tag.start);
    code += before === '' ? '' : `;${blank(before.slice(1))}`;
    code += tagCode(text, tag);
    at = tag.end;
  }
  return code + blank(text.slice(at));
}

function tagCode(text: string, { kind, start, end, codeStart, codeEnd }: Tag): string {
  const inside = text.slice(codeStart, codeEnd);
  switch (kind) {
    case 'comment':
      return blank(text.slice(start, end));
    case 'code':
      return ' ;'.padEnd(codeStart - start) + inside + '\n'.padEnd(end - codeEnd);
    case 'value':
    case 'raw':
      return ` ;(${withoutSemicolon(inside)}${'\n)'.padEnd(end - codeEnd)}`;
    default:
      return kind satisfies never;
  }
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function withoutSemicolon(code: string): string {
  return code.replace(/;(?=\s*$)/, ' ');
}

function moved(facts: CodeFacts, shift: number): CodeFacts {
  if (shift === 0) return facts;
  const move = <Part extends { readonly start: number; readonly end: number }>(part: Part): Part => {
    return { ...part, start: part.start - shift, end: part.end - shift };
  };
  return { ...facts, free: facts.free.map(move), assigned: facts.assigned.map(move), refused: facts.refused.map(move) };
}
