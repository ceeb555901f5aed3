import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import type { TSchema } from './schema.ts';

/** One rule that a value breaks. */
export type Violation = ErrorObject;

/** Loaded when something is wrong: where nothing is, nobody waits for it. */
const require = createRequire(import.meta.url);
let ajv: Ajv | undefined;
const compiled = new WeakMap<object, ValidateFunction>();

/** The validator of a schema, made when it is first needed. Schemas are ours: a test judges them, not every start. */
function validatorOf(schema: TSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  ajv ??= createAjv({ meta: false, validateSchema: false });
  const validator = ajv.compile(schema);
  compiled.set(schema, validator);
  return validator;
}

/** With `{}` also the schemas themselves are judged. */
export function createAjv(options: Options): Ajv {
  const { Ajv } = require('ajv') as typeof import('ajv');
  return new Ajv({ strict: true, allErrors: true, verbose: true, useDefaults: true, allowUnionTypes: true, ...options })
    .addKeyword('template')
    .addKeyword('secret');
}

/**
 * What is wrong with a value; fills in defaults. Of an `anyOf`, the violations of the one branch that was meant.
 * `excused` says which violations do not count, because the value is not final.
 */
export function violationsOf(
  schema: TSchema,
  value: unknown,
  excused: (violation: Violation) => boolean = () => false,
): Violation[] {
  const validator = validatorOf(schema);
  return validator(value) ? [] : settle(validator.errors ?? [], excused);
}

function settle(errors: readonly Violation[], excused: (violation: Violation) => boolean): Violation[] {
  const choices = errors.filter((error) => error.keyword === 'anyOf');
  const outermost = choices.filter((choice) => !choices.some((other) => belongsTo(choice, other)));
  const plain = errors.filter((error) => !outermost.some((choice) => error === choice || belongsTo(error, choice)));
  const chosen = outermost.flatMap((choice) =>
    choose(
      choice,
      errors.filter((error) => belongsTo(error, choice)),
      excused,
    ),
  );
  return onePerPlace([...plain.filter((error) => !excused(error)), ...chosen]);
}

function belongsTo(error: Violation, choice: Violation): boolean {
  const below = error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`);
  return below && error.schemaPath.startsWith(`${choice.schemaPath}/`);
}

function choose(
  choice: Violation,
  errors: readonly Violation[],
  excused: (violation: Violation) => boolean,
): Violation[] {
  const branches = new Map<string, Violation[]>();
  for (const error of errors) {
    const branch = error.schemaPath.slice(choice.schemaPath.length + 1).split('/', 1)[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const settled = [...branches.values()].map((branch) => settle(branch, excused));
  if (settled.some((branch) => branch.length === 0) || excused(choice)) return [];
  const wrongType = (error: Violation) => error.keyword === 'type' && error.instancePath === choice.instancePath;
  const meant = settled.filter((branch) => !branch.some((error) => wrongType(error) || wantsExpression(error)));
  if (meant.length === 0) return [{ ...choice, keyword: 'type', params: { type: settled.flatMap(typesOf) } }];
  const words = meant.flatMap(wordsOf);
  if (words.length > 0) return [{ ...choice, keyword: 'enum', params: { allowedValues: words } }];
  const least = meant.reduce((best, branch) => (branch.length < best.length ? branch : best));
  return least.map((error) => (error.instancePath === choice.instancePath ? describedBy(choice, error) : error));
}

/** Who writes a plain text did not mean an expression. */
function wantsExpression({ keyword, params }: Violation): boolean {
  return keyword === 'pattern' && params.pattern === '<%';
}

/** Branches seldom say what they are for; their choice does. */
function describedBy(choice: Violation, error: Violation): Violation {
  return { ...error, parentSchema: { description: choice.parentSchema?.description, ...error.parentSchema } };
}

function typesOf(branch: readonly Violation[]): string[] {
  return branch.flatMap((error) => (error.keyword === 'type' ? [error.params.type as string | string[]].flat() : []));
}

function wordsOf(branch: readonly Violation[]): unknown[] {
  return branch.flatMap((error) => {
    if (error.keyword === 'enum') return error.params.allowedValues as unknown[];
    return error.keyword === 'const' ? [error.params.allowedValue as unknown] : [];
  });
}

/** A value of the wrong type breaks other rules as well; only the first says something. */
function onePerPlace(errors: readonly Violation[]): Violation[] {
  const typed = new Set(errors.filter((error) => error.keyword === 'type').map((error) => error.instancePath));
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (error.keyword === 'additionalProperties' || error.keyword === 'required') return true;
    if (error.keyword !== 'type' && typed.has(error.instancePath)) return false;
    return !seen.has(error.instancePath) && seen.add(error.instancePath);
  });
}
