import { createRequire } from 'node:module';
import { didYouMean } from '../core/suggest.ts';
import { elsewhere, Failure } from './failure.ts';
import { readOnly, type View } from './read-only.ts';
import { internalNames, realm } from './sandbox.ts';
import type { Scope } from './scope.ts';
import { type Analysis, analyse, type Form } from './syntax.ts';
import type { Tag } from './tags.ts';
import type { Taint } from './taint.ts';

/** Turns what one `<%= %>` gave into the text that takes its place. */
export type Write = (...values: readonly unknown[]) => string;

/** A text ready to be evaluated, compiled once however often it is used. */
export interface Program extends Analysis {
  readonly text: string;
  /** Exactly one `<%= %>` and nothing else, or a condition: gives a value, not a text. */
  readonly single: boolean;
  run(scope: Scope, write: Write, taint?: Taint): unknown;
  /** Where in the text the innermost frame of this program in an error's stack stands. */
  offsetIn(stack: string): number | undefined;
}

interface Compiled {
  readonly code: string;
  /** Pieces of the code that come from the text. */
  readonly parts: readonly { readonly inCode: number; readonly inText: number; readonly length: number }[];
}

const require = createRequire(import.meta.url);
const programs = new Map<string, Program>();

/** The program of a text; nothing is compiled before it runs. */
export function programOf(text: string, form: Form): Program {
  const key = `${form} ${text}`;
  const before = programs.get(key);
  if (before !== undefined) return before;
  const program = createProgram(text, form, `provision:text:${programs.size}`);
  programs.set(key, program);
  return program;
}

function createProgram(text: string, form: Form, name: string): Program {
  const analysis = analyse(text, form);
  const only = analysis.tags.length === 1 ? analysis.tags[0] : undefined;
  const alone = only?.kind === 'value' && only.start === 0 && only.end === text.length;
  const single = form === 'condition' || (form === 'value' && alone);
  const make = (): Executable => {
    if (single) return codeOf(compileExpression(text, only), name);
    return form === 'value' && isPlain(text, analysis.tags)
      ? codeOfValues(text, analysis.tags)
      : codeOf(compileText(text, analysis), name);
  };
  let code: Executable | undefined;
  return {
    ...analysis,
    text,
    single,
    run: (scope, write, taint) => {
      code ??= make();
      return code.call(localsOf(scope, taint), taint?.seen(write) ?? write);
    },
    offsetIn: (stack) => code?.offsetIn(stack),
  };
}

/** What runs of a text. */
interface Executable {
  call(locals: object, write: Write): unknown;
  offsetIn(stack: string): number | undefined;
}

function codeOf(compiled: Compiled, name: string): Executable {
  return {
    call: realm().compile(compiled.code, name),
    offsetIn: (stack) => {
      const frame = new RegExp(`${name}:(\\d+):(\\d+)`).exec(stack);
      return frame ? offsetOf(compiled, Number(frame[1]), Number(frame[2])) : undefined;
    },
  };
}

/** Whether there is nothing in it but values, and text that stands for itself. */
function isPlain(text: string, tags: readonly Tag[]): boolean {
  const isValue = ({ kind, codeEnd, end }: Tag): boolean => kind === 'value' && text.slice(codeEnd, end) === '%>';
  return tags.every(isValue) && between(text, tags).every((piece) => !/<%|%>/.test(piece));
}

/** What stands before each tag, and behind the last. */
function between(text: string, tags: readonly Tag[]): readonly string[] {
  return [...tags, undefined].map((tag, index) => text.slice(tags[index - 1]?.end ?? 0, tag?.start));
}

/** The values are compiled apart from their text: a playbook has many paths, and few variables in them. */
function codeOfValues(text: string, tags: readonly Tag[]): Executable {
  const pieces = between(text, tags);
  const values = tags.map(({ codeStart, codeEnd }) => codeOfValue(text.slice(codeStart, codeEnd)));
  let failed = 0;
  return {
    call: (locals, write) => {
      let output = pieces[0] ?? '';
      for (const [index, value] of values.entries()) {
        try {
          output += value.call(locals, write);
        } catch (error) {
          failed = index;
          throw error;
        }
        output += pieces[index + 1];
      }
      return output;
    },
    offsetIn: (stack) => {
      const offset = values[failed]?.offsetIn(stack);
      return offset === undefined ? undefined : offset + (tags[failed]?.codeStart ?? 0);
    },
  };
}

const values = new Map<string, Executable>();

function codeOfValue(code: string): Executable {
  const known = values.get(code);
  if (known) return known;
  const expression = code.replace(/;\s*$/, '');
  const before = '(function (__locals, escapeFn) { with (__locals) { return (\nescapeFn(';
  const parts = [{ inCode: before.length, inText: 0, length: expression.length }];
  const value = codeOf({ code: `${before}${expression}\n)) } })`, parts }, `provision:value:${values.size}`);
  values.set(code, value);
  return value;
}

function compileExpression(text: string, tag: { readonly codeStart: number; readonly codeEnd: number } | undefined) {
  const expression = text.slice(tag?.codeStart, tag?.codeEnd).replace(/;\s*$/, '');
  // Tools that map stacks back to sources move columns of a first line: the text never stands there.
  const before = '(function (__locals) { with (__locals) { return (\n';
  const code = `${before}${expression}\n) } })`;
  return { code, parts: [{ inCode: before.length, inText: tag?.codeStart ?? 0, length: expression.length }] };
}

/** A template of EJS, as far as its types do not say. */
interface SourceOfTemplate {
  readonly source: string;
  generateSource(): void;
}

const textStart = `(function (__locals, escapeFn) {
  let __output = '';
  function __append(piece) { if (piece !== undefined && piece !== null) __output += piece }
  with (__locals) {
`;

/**
 * EJS writes the JavaScript; we only wrap it, so that it runs in the realm and its tags can be found again. Its `compile`
 * would do so, too, and have V8 read it once more, for a world that it never runs in.
 */
function compileText(text: string, { tags }: Analysis): Compiled {
  const { Template } = require('ejs') as typeof import('ejs');
  const template = new Template(text, { compileDebug: false }) as unknown as SourceOfTemplate;
  template.generateSource();
  const code = `${textStart}${template.source}\n  }\n  return __output;\n})`;
  const parts: { inCode: number; inText: number; length: number }[] = [];
  let from = 0;
  for (const { kind, codeStart, codeEnd } of tags.filter((tag) => tag.kind !== 'comment')) {
    const inside = text.slice(codeStart, codeEnd).replace(/;\s*$/, '');
    const opening = kind === 'code' ? '    ; ' : 'escapeFn(';
    const inCode = code.indexOf(opening + inside, from) + opening.length;
    parts.push({ inCode, inText: codeStart, length: inside.length });
    from = inCode + inside.length;
  }
  return { code, parts };
}

function offsetOf({ code, parts }: Compiled, line: number, column: number): number | undefined {
  let start = 0;
  for (let count = 1; count < line; count++) start = code.indexOf('\n', start) + 1;
  const at = start + column - 1;
  // A call of `escapeFn` itself is marked just before the tag's own code.
  const part = parts.find(({ inCode, length }) => at >= inCode - 'escapeFn('.length && at <= inCode + length);
  return part === undefined ? undefined : part.inText + Math.max(0, at - part.inCode);
}

/** All that the code of a program can name. */
function localsOf(scope: Scope, taint: Taint | undefined): object {
  const world = realm();
  const view: View = { realm: world, seen: new WeakMap(), taint, placeOf: (name) => scope.placeOf?.(name) };
  return new Proxy(world.newObject(), {
    has: (_target, name) => typeof name === 'string' && !internalNames.has(name),
    get: (_target, name) => {
      if (typeof name === 'symbol') return undefined;
      if (scope.has(name)) {
        return readOnly(
          elsewhere(() => scope.resolve(name), name),
          name,
          view,
        );
      }
      if (world.standard.has(name)) return world.standard.get(name);
      throw undefinedName(name, scope);
    },
    set: (_target, name) => {
      throw new Failure('PV3009', `\`${String(name)}\` cannot be assigned to`, {}, String(name));
    },
  });
}

export function undefinedName(name: string, scope: Scope): Failure {
  const near = didYouMean(name, scope.names());
  const where = scope.whereToDefine === undefined ? '' : `define it in ${scope.whereToDefine}; `;
  const help = `${where}what may be missing is asked for with \`has('${name}')\` or \`get('${name}', default)\``;
  return new Failure(
    'PV3001',
    `\`${name}\` is not defined`,
    { help, ...(near !== undefined && { label: near }) },
    name,
  );
}
