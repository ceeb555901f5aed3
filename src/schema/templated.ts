import type { TSchema } from './schema.ts';

/** A JSON Schema as plain data. */
export type SchemaData = { readonly [keyword: string]: unknown };

const template: SchemaData = { type: 'string', pattern: '<%' };

/**
 * The same schema for a file that is not rendered yet: each part may also be a text with `<% %>`. Without defaults,
 * and what has one is not required.
 */
export function templated(schema: TSchema): SchemaData {
  return loosen(JSON.parse(JSON.stringify(schema)) as SchemaData);
}

/** The same schema as data, as strict as it was. */
export function dataOf(schema: TSchema): SchemaData {
  return JSON.parse(JSON.stringify(schema)) as SchemaData;
}

function loosen({ description, default: _, secret: _secret, template: _template, ...strict }: SchemaData): SchemaData {
  const said = description === undefined ? {} : { description };
  if (isAnyText(strict)) return { ...said, ...strict };
  if (Array.isArray(strict.anyOf)) {
    const branches = (strict.anyOf as SchemaData[]).map((branch) => loosen(branch));
    return { ...said, ...strict, anyOf: [...branches.flatMap(flatten), template] };
  }
  return { ...said, anyOf: [inside(strict), template] };
}

/** The parts of a map or list, loosened; a text or number as it is. */
function inside(schema: SchemaData): SchemaData {
  const { properties, required, items, patternProperties, additionalProperties } = schema;
  return {
    ...schema,
    ...(isData(properties) && { properties: mapValues(properties) }),
    ...(isData(patternProperties) && { patternProperties: mapValues(patternProperties) }),
    ...(isData(items) && { items: loosen(items) }),
    ...(isData(additionalProperties) && { additionalProperties: loosen(additionalProperties) }),
    ...(Array.isArray(required) && { required: withoutDefault(required as string[], properties) }),
  };
}

function mapValues(schemas: SchemaData): SchemaData {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, loosen(schema as SchemaData)]));
}

function withoutDefault(required: readonly string[], properties: unknown): string[] {
  const known = isData(properties) ? properties : {};
  return required.filter((name) => (known[name] as SchemaData | undefined)?.default === undefined);
}

function flatten(schema: SchemaData): SchemaData[] {
  const branches = schema.anyOf;
  return Array.isArray(branches)
    ? (branches as SchemaData[]).filter((branch) => JSON.stringify(branch) !== JSON.stringify(template))
    : [schema];
}

/** Takes every text, and so every template, as it is. */
function isAnyText(schema: SchemaData): boolean {
  if (Object.keys(schema).length === 0) return true;
  const narrowing = ['enum', 'const', 'pattern', 'format', 'maxLength', 'anyOf'];
  return schema.type === 'string' && !narrowing.some((keyword) => keyword in schema);
}

function isData(value: unknown): value is SchemaData {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
