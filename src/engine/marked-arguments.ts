import type { Path } from '../core/source.ts';

/** A schema as far as it says how the engine is to treat an argument. */
export interface MarkedSchema {
  /** `true`, or the variants that it is rendered for. */
  readonly template?: boolean | readonly string[];
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, MarkedSchema>>;
  readonly items?: MarkedSchema;
  readonly anyOf?: readonly MarkedSchema[];
}

export interface MarkedArgument {
  readonly schema: MarkedSchema;
  readonly value: unknown;
  readonly path: Path;
}

const kinds = ['template', 'secret'] as const;
const marks = new WeakMap<MarkedSchema, ReadonlySet<(typeof kinds)[number]>>();

/** Whether a schema marks anything at all like this; most do not, and need not be walked for each host. */
export function hasMark(schema: MarkedSchema, kind: (typeof kinds)[number]): boolean {
  return marksOf(schema).has(kind);
}

function marksOf(schema: MarkedSchema): ReadonlySet<(typeof kinds)[number]> {
  const known = marks.get(schema);
  if (known) return known;
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ];
  const own = kinds.filter((kind) => schema[kind] !== undefined && schema[kind] !== false);
  const found = new Set([...own, ...inner.flatMap((part) => [...marksOf(part)])]);
  marks.set(schema, found);
  return found;
}

/** The arguments, at any depth, that their schema marks as template or secret. */
export function marked(schema: MarkedSchema, values: unknown): MarkedArgument[] {
  const found: MarkedArgument[] = [];
  replaceMarked(schema, values, (item, value, path) => {
    found.push({ schema: item, value, path });
    return value;
  });
  return found;
}

/** A copy of the arguments with every marked one replaced. */
export function replaceMarked(
  schema: MarkedSchema,
  value: unknown,
  replace: (schema: MarkedSchema, value: unknown, path: Path) => unknown,
  path: Path = [],
): unknown {
  if (value === undefined) return undefined;
  if (schema.template !== undefined || schema.secret === true) return replace(schema, value, path);
  const choice = schema.anyOf?.find((item) => accepts(item, value));
  if (choice !== undefined) return replaceMarked(choice, value, replace, path);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item, index) => replaceMarked(items, item, replace, [...path, index])) : value;
  }
  if (typeof value !== 'object' || value === null || !schema.properties) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const inner = schema.properties?.[key];
    return [key, inner ? replaceMarked(inner, item, replace, [...path, key]) : item] as const;
  });
  return Object.fromEntries(entries);
}

/** Tells the alternatives of an argument apart by their kind. */
function accepts(schema: MarkedSchema, value: unknown): boolean {
  if (Array.isArray(value)) return schema.items !== undefined;
  if (typeof value === 'object' && value !== null) return schema.properties !== undefined;
  return schema.items === undefined && schema.properties === undefined;
}
