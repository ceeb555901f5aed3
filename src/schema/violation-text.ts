import type { Code } from '../core/codes.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { pathPattern } from './schema.ts';
import type { Violation } from './validate.ts';

/** Leads from a part of what is checked to where it stands in the file. */
export type Locate = (path: Path, part?: 'key' | 'value') => Span | undefined;

/** How violations of one kind of thing are told: `libvirt.domain has no argument `memroy``. */
export interface Wording {
  /** `libvirt.domain`, `a task`. */
  readonly owner: string;
  /** What its keys are: `argument`, `keyword`. */
  readonly noun: string;
  readonly codes: { readonly unknown: Code; readonly missing: Code; readonly type: Code; readonly value: Code };
  /** Said where nothing better is known: `provision doc libvirt.domain`. */
  readonly help: string;
}

export interface Broken {
  readonly violation: Violation;
  readonly path: Path;
  readonly locate: Locate;
  readonly wording: Wording;
}

/** One violation as a diagnostic. */
export function describeViolation(broken: Broken): Diagnostic {
  switch (broken.violation.keyword) {
    case 'additionalProperties':
      return describeUnknown(broken);
    case 'required':
      return describeMissing(broken);
    case 'type':
      return describeType(broken);
    case 'enum':
    case 'const':
      return describeWords(broken);
    default:
      return describeValue(broken);
  }
}

function describeUnknown({ violation, path, locate, wording }: Broken): Diagnostic {
  const name = String(violation.params.additionalProperty);
  const known = Object.keys((violation.parentSchema?.properties ?? {}) as object);
  const owner = path.length === 0 ? wording.owner : `\`${textOf(path)}\` of ${wording.owner}`;
  const suggestion = didYouMean(name, known);
  return {
    code: wording.codes.unknown,
    message: `${owner} has no ${path.length === 0 ? wording.noun : 'key'} \`${name}\``,
    ...placed(locate([...path, name], 'key'), [...path, name]),
    ...(suggestion && { label: suggestion }),
    help: path.length === 0 ? wording.help : `its keys are ${listOf(known)}`,
  };
}

function describeMissing({ violation, path, locate, wording }: Broken): Diagnostic {
  const name = String(violation.params.missingProperty);
  const owner = path.length === 0 ? wording.owner : `\`${textOf(path)}\` of ${wording.owner}`;
  const missing = (violation.parentSchema?.properties as Record<string, { description?: string }> | undefined)?.[name];
  return {
    code: wording.codes.missing,
    message: `${owner} needs \`${name}\``,
    ...placed(locate(path, 'key'), path),
    ...(missing?.description && { label: `${name}: ${missing.description}` }),
    help: wording.help,
  };
}

function describeType({ violation, path, locate, wording }: Broken): Diagnostic {
  const types = [...new Set([violation.params.type as string | string[]].flat())];
  const at = locate(path);
  const written = at?.source.text.slice(at.start, at.end) ?? '';
  const key = textOfKey(path, locate);
  const name = subjectOf(path, wording);
  const place = placed(at, path);
  if (types.includes('string') && isBare(violation.data) && /^[\w.+:-]{1,40}$/.test(written)) {
    const shown = isSecret(violation) ? undefined : written;
    const reading = shown === String(violation.data) || !shown ? '' : `the ${typeof violation.data} ${violation.data}`;
    const message = `${name} needs quotes: YAML reads ${shown ?? 'it'} as ${reading || `a ${typeof violation.data}`}`;
    return { code: 'PV1208', message, ...place, help: `write ${key}: "${shown ?? '…'}"` };
  }
  const word = typeof violation.data === 'string' ? booleanWords[violation.data.toLowerCase()] : undefined;
  if (types.includes('boolean') && word) {
    const message = `${name} must be true or false: YAML 1.2 reads \`${String(violation.data)}\` as text`;
    return { code: 'PV1209', message, ...place, help: `write ${key}: ${word}` };
  }
  const wanted = types.map((type) => typeNames[type] ?? type);
  return {
    code: wording.codes.type,
    message: `${name} must be ${eitherOf(wanted)}, not ${nameOf(violation.data, wanted)}`,
    ...place,
    help: descriptionOf(path, violation, wording),
  };
}

function describeWords({ violation, path, locate, wording }: Broken): Diagnostic {
  const words = (violation.params.allowedValues ?? [violation.params.allowedValue]) as unknown[];
  const value = String(violation.data);
  const suggestion = didYouMean(value, words.map(String));
  return {
    code: wording.codes.value,
    message: `${subjectOf(path, wording)} cannot be \`${value}\`: it is ${listOf(words.map(String), 'or')}`,
    ...placed(locate(path), path),
    ...(suggestion && { label: suggestion }),
    help: descriptionOf(path, violation, wording),
  };
}

function describeValue({ violation, path, locate, wording }: Broken): Diagnostic {
  const { keyword, params } = violation;
  const subject = subjectOf(path, wording);
  const rule = rules[keyword]?.(params.limit as number) ?? violation.message ?? 'is not allowed';
  const message = `${subject} ${keyword === 'pattern' || keyword === 'format' ? shapeOf(violation) : rule}`;
  return {
    code: wording.codes.value,
    message,
    ...placed(locate(path), path),
    help: descriptionOf(path, violation, wording),
  };
}

function shapeOf(violation: Violation): string {
  const { data, parentSchema } = violation;
  if (typeof data !== 'string' || isSecret(violation)) return 'does not fit';
  const isRelative = parentSchema?.pattern === pathPattern && !data.startsWith('/');
  return isRelative ? `must be an absolute path, not \`${data}\`` : `cannot be \`${data}\``;
}

const rules: Readonly<Record<string, (limit: number) => string>> = {
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
  exclusiveMinimum: (limit) => `must be more than ${limit}`,
  exclusiveMaximum: (limit) => `must be less than ${limit}`,
  minLength: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} items`),
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} keys`),
  uniqueItems: () => 'must not name anything twice',
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'empty',
};

/** The nearest key as it is written, which may be another word for the same argument. */
function textOfKey(path: Path, locate: Locate): string {
  const last = path.findLastIndex((step) => typeof step === 'string');
  const at = locate(path.slice(0, last + 1), 'key');
  return at?.source.text.slice(at.start, at.end) ?? String(path[last] ?? '');
}

/** What YAML 1.1 and Ansible take for a boolean. */
const booleanWords: Readonly<Record<string, string>> = {
  yes: 'true',
  on: 'true',
  y: 'true',
  no: 'false',
  off: 'false',
  n: 'false',
};

/** `text, true or false`: the words that hold an `or` come last. */
function eitherOf(names: readonly string[]): string {
  const boolean = typeNames.boolean ?? '';
  const others = names.filter((name) => name !== boolean).join(' or ');
  return names.includes(boolean) ? [others, boolean].filter((part) => part !== '').join(', ') : others;
}

function isSecret({ parentSchema }: Violation): boolean {
  return (parentSchema as { secret?: boolean } | undefined)?.secret === true;
}

function nameOf(value: unknown, wanted: readonly string[]): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return wanted.includes('a whole number') ? String(value) : 'a number';
  if (typeof value === 'string') return /^<%=.*%>./s.test(value) ? 'text around an expression' : 'text';
  return typeof value === 'boolean' ? String(value) : 'a map';
}

function isBare(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function subjectOf(path: Path, wording: Wording): string {
  return path.length === 0 ? wording.owner : `\`${textOf(path)}\` of ${wording.owner}`;
}

/** `source.urls[2]`. */
function textOf(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

function listOf(words: readonly string[], joint = 'and'): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${joint} ${quoted.at(-1)}`;
}

function descriptionOf(path: Path, violation: Violation, wording: Wording): string {
  const description = (violation.parentSchema as { description?: string } | undefined)?.description;
  return description && path.length > 0 ? `${textOf(path)}: ${description}` : wording.help;
}

function placed(at: Span | undefined, argument: Path): { at?: Span; argument: Path } {
  return { argument, ...(at && { at }) };
}
