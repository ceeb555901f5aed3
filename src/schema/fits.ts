import type { TSchema } from './schema.ts';

/** Says yes only where it is sure; every other value is for ajv to judge, and to say what is wrong with it. */
type Test = (value: unknown) => boolean;
type Data = Readonly<Record<string, unknown>>;

/** Whether texts with an expression count as what they may become. */
export type Reading = 'final' | 'templated';

const known: Readonly<Record<Reading, WeakMap<object, Test>>> = { final: new WeakMap(), templated: new WeakMap() };

/**
 * Whether a value surely keeps to its schema; fills in defaults. Nearly everything does, and ajv, which says what is
 * wrong with the rest, takes a hundred times longer to get ready.
 */
export function surelyFits(schema: TSchema, value: unknown, reading: Reading): boolean {
  return testOf(schema as unknown as Data, reading)(value);
}

function testOf(schema: Data, reading: Reading): Test {
  const before = known[reading].get(schema);
  if (before) return before;
  const test = makeTest(schema, reading);
  known[reading].set(schema, test);
  return test;
}

function makeTest(schema: Data, reading: Reading): Test {
  // Properties come first: a default may be what `required` asks for.
  const names = Object.keys(schema).sort((a, b) => Number(b === 'properties') - Number(a === 'properties'));
  const tests = names.flatMap((name) => {
    if (silent.has(name)) return [];
    const maker = makers.get(name);
    return [maker ? maker(schema[name], { schema, reading }) : never];
  });
  const fits: Test = (value) => tests.every((test) => test(value));
  return reading === 'final' ? fits : (value) => isExpression(value) || fits(value);
}

const never: Test = () => false;
const silent: ReadonlySet<string> = new Set(['description', 'default', 'template', 'secret']);

interface Around {
  readonly schema: Data;
  readonly reading: Reading;
}

type Maker = (operand: unknown, around: Around) => Test;

const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['type', (operand) => either([operand].flat().map((name) => types.get(String(name)) ?? never))],
  ['anyOf', (operand, { reading }) => either((operand as readonly Data[]).map((branch) => testOf(branch, reading)))],
  ['const', (operand, { reading }) => isOneOf([operand], reading)],
  ['enum', (operand, { reading }) => isOneOf(operand as readonly unknown[], reading)],
  ['pattern', (operand, { reading }) => ofTexts(matching(new RegExp(String(operand), 'u')), reading)],
  ['minLength', (operand, { reading }) => ofTexts((text) => lengthOf(text) >= Number(operand), reading)],
  ['maxLength', (operand, { reading }) => ofTexts((text) => lengthOf(text) <= Number(operand), reading)],
  ['minimum', (operand) => ofNumbers((number) => number >= Number(operand))],
  ['maximum', (operand) => ofNumbers((number) => number <= Number(operand))],
  ['exclusiveMinimum', (operand) => ofNumbers((number) => number > Number(operand))],
  ['exclusiveMaximum', (operand) => ofNumbers((number) => number < Number(operand))],
  ['minItems', (operand) => ofLists((list) => list.length >= Number(operand))],
  ['maxItems', (operand) => ofLists((list) => list.length <= Number(operand))],
  ['uniqueItems', (operand) => (operand === true ? ofLists(isSet) : never)],
  ['items', (operand, { reading }) => (isMap(operand) ? ofLists(everyItem(testOf(operand, reading))) : never)],
  ['required', (operand) => ofMaps((map) => (operand as readonly string[]).every((name) => isThere(map, name)))],
  ['properties', (operand, { reading }) => ofMaps(everyProperty(operand as Readonly<Record<string, Data>>, reading))],
  [
    'patternProperties',
    (operand, { reading }) => ofMaps(everyMatch(operand as Readonly<Record<string, Data>>, reading)),
  ],
  ['additionalProperties', (operand, { schema }) => (operand === false ? ofMaps(onlyNamed(schema)) : never)],
]);

const types: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['string', (value) => typeof value === 'string'],
  ['boolean', (value) => typeof value === 'boolean'],
  ['number', (value) => typeof value === 'number' && Number.isFinite(value)],
  ['integer', (value) => Number.isInteger(value)],
  ['null', (value) => value === null],
  ['array', (value) => Array.isArray(value)],
  ['object', isMap],
]);

function either(tests: readonly Test[]): Test {
  return (value) => tests.some((test) => test(value));
}

/** Lists and maps are compared by ajv. */
function isOneOf(words: readonly unknown[], reading: Reading): Test {
  return (value) => {
    if (typeof value === 'object') return value === null && words.includes(null);
    return words.includes(value) || (reading === 'templated' && hasExpression(value));
  };
}

function matching(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}

function ofTexts(test: (text: string) => boolean, reading: Reading): Test {
  return (value) => typeof value !== 'string' || test(value) || (reading === 'templated' && hasExpression(value));
}

function ofNumbers(test: (number: number) => boolean): Test {
  return (value) => typeof value !== 'number' || test(value);
}

function ofLists(test: (list: readonly unknown[]) => boolean): Test {
  return (value) => !Array.isArray(value) || test(value);
}

function ofMaps(test: (map: Record<string, unknown>) => boolean): Test {
  return (value) => !isMap(value) || test(value);
}

function everyItem(test: Test): (list: readonly unknown[]) => boolean {
  return (list) => list.every((item) => test(item));
}

function everyProperty(properties: Readonly<Record<string, Data>>, reading: Reading) {
  const rows = Object.entries(properties).map(([name, schema]) => {
    return { name, test: testOf(schema, reading), fallback: schema.default };
  });
  return (map: Record<string, unknown>): boolean => {
    for (const { name, fallback } of rows) {
      if (map[name] === undefined && fallback !== undefined) map[name] = structuredClone(fallback);
    }
    return rows.every(({ name, test }) => map[name] === undefined || test(map[name]));
  };
}

function everyMatch(patterns: Readonly<Record<string, Data>>, reading: Reading) {
  const rows = Object.entries(patterns).map(([pattern, schema]) => {
    return { pattern: new RegExp(pattern, 'u'), test: testOf(schema, reading) };
  });
  return (map: Record<string, unknown>): boolean =>
    rows.every(({ pattern, test }) => Object.keys(map).every((key) => !pattern.test(key) || test(map[key])));
}

/** What patterns name as well is left to ajv. */
function onlyNamed({ properties, patternProperties }: Data): (map: Record<string, unknown>) => boolean {
  if (patternProperties !== undefined) return () => false;
  return (map) => Object.keys(map).every((key) => Object.hasOwn(properties ?? {}, key));
}

function isThere(map: Record<string, unknown>, name: string): boolean {
  return Object.hasOwn(map, name) && map[name] !== undefined;
}

function isSet(list: readonly unknown[]): boolean {
  return list.every((item) => typeof item === 'string') && new Set(list).size === list.length;
}

function lengthOf(text: string): number {
  return [...text].length;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasExpression(value: unknown): boolean {
  return typeof value === 'string' && value.includes('<%');
}

/** Nothing but an expression: it may become anything. */
function isExpression(value: unknown): boolean {
  return hasExpression(value) && /^\s*<%.*%>\s*$/s.test(value as string);
}
