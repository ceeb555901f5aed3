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
import { startTaint } from './taint.ts';

/** The place of a part of the value, as the document that it comes from knows it. */
export type Locate = (path: Path) => Span | undefined;

/**
 * The value with every text in it evaluated; all that fails is reported together. A text that is exactly one `<%= … %>`
 * keeps the type of its result. What comes out is plain data of its own. A value that was given once must not change.
 */
export function evaluate(value: unknown, scope: Scope, locate: Locate): unknown {
  const problems = new Problems();
  const result = recipeOf(value)({ scope, locate, problems });
  if (problems.count > 0) problems.throwIfAny();
  return result;
}

/** How a value is evaluated, found out once for all hosts. */
type Recipe = (evaluation: Evaluation) => unknown;

interface Evaluation {
  readonly scope: Scope;
  readonly locate: Locate;
  readonly problems: Problems;
}

const recipes = new WeakMap<object, Recipe>();

function recipeOf(value: unknown): Recipe {
  if (typeof value !== 'object' || value === null) return makeRecipe(value, []);
  const known = recipes.get(value);
  if (known) return known;
  const recipe = makeRecipe(value, []);
  recipes.set(value, recipe);
  return recipe;
}

function makeRecipe(value: unknown, path: Path): Recipe {
  if (typeof value === 'string' && value.includes('<%')) return textRecipe(value, path);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => makeRecipe(item, [...path, index]));
    return (evaluation) => items.map((item) => item(evaluation));
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const entries = Object.entries(value).map(([key, item]) => [key, makeRecipe(item, [...path, key])] as const);
  return (evaluation) => Object.fromEntries(entries.map(([key, recipe]) => [key, recipe(evaluation)]));
}

function textRecipe(text: string, path: Path): Recipe {
  const program = programOf(text, 'value');
  return ({ scope, locate, problems }) =>
    problems.attempt(() =>
      runValue(
        program,
        scope,
        placeInScalar(() => locate(path), program),
      ),
    );
}

function runValue(program: Program, scope: Scope, placeOf: PlaceOf): unknown {
  return perform(program, placeOf, () => resultOf(program, scope));
}

function resultOf(program: Program, scope: Scope): unknown {
  const taint = startTaint(scope, program.text);
  const result = program.run(scope, plainText, taint);
  if (!program.single) return result;
  const value = plainValue(result);
  taint?.give(value);
  return value;
}

/** A bare JavaScript expression (`when`, `until`, …); what it gives must be true or false. */
export function testCondition(text: string | boolean, scope: Scope, at?: Span): boolean {
  if (typeof text === 'boolean') return text;
  const program = programOf(text, 'condition');
  return perform(
    program,
    placeInScalar(() => at, program),
    () => {
      const result = program.run(scope, plainText);
      if (typeof result !== 'boolean') throw notBoolean(result);
      return result;
    },
  );
}

/** What a bare JavaScript expression gives, whatever it is. */
export function evaluateBare(text: string, scope: Scope, at?: Span): unknown {
  const program = programOf(text, 'condition');
  return perform(
    program,
    placeInScalar(() => at, program),
    () => resultOf(program, scope),
  );
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
    return mistakesOf(
      program,
      placeInScalar(() => locate(path), program),
    );
  });
}

/** Mistakes of syntax in a bare condition. */
export function checkCondition(text: string | boolean, at?: Span): Diagnostic[] {
  if (typeof text === 'boolean') return [];
  const program = programOf(text, 'condition');
  return mistakesOf(
    program,
    placeInScalar(() => at, program),
  );
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
    return unknownNames(
      program,
      scope,
      placeInScalar(() => locate(path), program),
    );
  });
}

/** The same for a bare condition. */
export function checkConditionNames(text: string | boolean, scope: Scope, at?: Span): Diagnostic[] {
  if (typeof text === 'boolean') return [];
  const program = programOf(text, 'condition');
  return unknownNames(
    program,
    scope,
    placeInScalar(() => at, program),
  );
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

function keyMistake(at: Span | undefined): Diagnostic {
  const help = 'build the map in one expression: `"<%= { [name]: value } %>"`';
  return { code: 'PV3003', message: 'a key takes no expression', help, ...(at && { at }) };
}
