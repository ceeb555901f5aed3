import { type Diagnostic, Problems } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import { Failure } from './failure.ts';
import { mistakesOf, perform } from './perform.ts';
import { type PlaceOf, placeInScalar } from './place.ts';
import { plainText } from './plain-text.ts';
import { kindOf, plainValue } from './plain-value.ts';
import { type Program, programOf, undefinedName } from './program.ts';
import { standardNames } from './sandbox.ts';
import type { Scope } from './scope.ts';
import type { Form } from './syntax.ts';

/** The place of a part of the value, as the document that it comes from knows it. */
export type Locate = (path: Path) => Span | undefined;

/**
 * The value with every text in it evaluated; all that fails is reported together. A text that is exactly one `<%= … %>`
 * keeps the type of its result. What comes out is plain data of its own.
 */
export function evaluate(value: unknown, scope: Scope, locate: Locate): unknown {
  const problems = new Problems();
  const result = mapTexts(value, [], (text, path) => problems.attempt(() => evaluateText(text, scope, locate(path))));
  problems.throwIfAny();
  return result;
}

function evaluateText(text: string, scope: Scope, at: Span | undefined): unknown {
  if (!text.includes('<%')) return text;
  const program = programOf(text, 'value');
  return perform(program, placeInScalar(at, program), () => {
    const result = program.run(scope, plainText);
    return program.single ? plainValue(result) : result;
  });
}

/** A bare JavaScript expression (`when`, `until`, …); what it gives must be true or false. */
export function testCondition(text: string | boolean, scope: Scope, at?: Span): boolean {
  if (typeof text === 'boolean') return text;
  const program = programOf(text, 'condition');
  return perform(program, placeInScalar(at, program), () => {
    const result = program.run(scope, plainText);
    if (typeof result !== 'boolean') throw notBoolean(result);
    return result;
  });
}

function notBoolean(result: unknown): Failure {
  const simple = typeof result === 'number' || typeof result === 'string';
  const given = simple ? `${JSON.stringify(result)} (${kindOf(result)})` : kindOf(result);
  const cure = Array.isArray(result) ? '`list.length > 0`' : "`name === 'value'`, `has('name')`";
  const help = `a condition compares or asks: ${cure}`;
  return new Failure('PV3005', `the condition gives ${given}, not true or false`, { help });
}

/** Mistakes of syntax in the texts of a value; needs no scope. */
export function checkExpressions(value: unknown, locate: Locate): Diagnostic[] {
  return textsOf(value).flatMap(({ text, path, key }) => {
    if (key) return [keyMistake(locate(path))];
    const program = programOf(text, 'value');
    return mistakesOf(program, placeInScalar(locate(path), program));
  });
}

/** Mistakes of syntax in a bare condition. */
export function checkCondition(text: string | boolean, at?: Span): Diagnostic[] {
  if (typeof text === 'boolean') return [];
  const program = programOf(text, 'condition');
  return mistakesOf(program, placeInScalar(at, program));
}

/** The names that a text with tags, or a bare condition, takes from its scope; those it asks for with `has` left out. */
export function namesUsed(text: string, form: Form = 'value'): ReadonlySet<string> {
  return new Set(freeNames(programOf(text, form)).map(({ name }) => name));
}

/** Names that the texts of a value surely look up and the scope does not have, found without evaluating anything. */
export function checkNames(value: unknown, scope: Scope, locate: Locate): Diagnostic[] {
  return textsOf(value).flatMap(({ text, path, key }) => {
    if (key) return [];
    const program = programOf(text, 'value');
    return unknownNames(program, scope, placeInScalar(locate(path), program));
  });
}

/** The same for a bare condition. */
export function checkConditionNames(text: string | boolean, scope: Scope, at?: Span): Diagnostic[] {
  if (typeof text === 'boolean') return [];
  const program = programOf(text, 'condition');
  return unknownNames(program, scope, placeInScalar(at, program));
}

export function unknownNames(program: Program, scope: Scope, placeOf: PlaceOf): Diagnostic[] {
  return freeNames(program)
    .filter(({ name, sure }) => sure && !scope.has(name))
    .map(({ name, start, end }) => {
      const { code, message, details } = undefinedName(name, scope);
      const at = placeOf({ start, end });
      return { code, message, ...details, ...(at && { at }) };
    });
}

function freeNames({ facts }: Program) {
  return facts.free.filter(({ name }) => !facts.asked.has(name) && !standardNames.includes(name));
}

interface FoundText {
  readonly text: string;
  readonly path: Path;
  /** It is a key, where no expression can stand. */
  readonly key: boolean;
}

/** Every text of a value that holds a tag. */
function textsOf(value: unknown, path: Path = []): FoundText[] {
  if (typeof value === 'string') return value.includes('<%') ? [{ text: value, path, key: false }] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inKey = key.includes('<%') ? [{ text: key, path: [...path, key], key: true }] : [];
    return [...inKey, ...textsOf(item, [...path, key])];
  });
}

function mapTexts(value: unknown, path: Path, change: (text: string, path: Path) => unknown): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, [...path, index], change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, mapTexts(item, [...path, key], change)] as const);
  return Object.fromEntries(entries);
}

function keyMistake(at: Span | undefined): Diagnostic {
  const help = 'build the map in one expression: `"<%= { [name]: value } %>"`';
  return { code: 'PV3003', message: 'a key takes no expression', help, ...(at && { at }) };
}
