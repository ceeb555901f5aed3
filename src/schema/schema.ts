import { type Static, type TSchema, Type } from 'typebox';

export { type TSchema, Type } from 'typebox';

/** The TypeScript type of what a schema accepts. */
export type Infer<Schema extends TSchema> = Static<Schema>;

/**
 * Arguments are an object schema. Own keywords an author may set on one argument: `secret: true` (its text is masked
 * everywhere), and what `templateFile` sets.
 */
export type ArgsSchema = TSchema & { readonly properties: Record<string, TSchema> };

/** What the parts below the modules need to know of one. */
export interface ModuleSchema {
  readonly name: string;
  readonly args: ArgsSchema;
}

/**
 * An argument that names a template (`templates/*.ejs`, looked up beside the playbook's folder); the module gets the
 * rendered text.
 */
export function templateFile(description: string) {
  return Type.Unsafe<string>({ type: 'string', minLength: 1, template: true, description });
}

/** The same, rendered once for each variant, with `phase` set; the module gets a text for each. */
export function templateVariants<const Name extends string>(variants: readonly Name[], description: string) {
  return Type.Unsafe<Record<Name, string>>({ type: 'string', minLength: 1, template: variants, description });
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  options: { description?: string; default?: Word } = {},
) {
  return Type.Unsafe<Word>({ type: 'string', enum: words, ...options });
}

/** No file can have a NUL character in its name. */
export const pathPattern = '^/[^\\0]*$';

/** An absolute path on the host. */
export function hostPath(description: string) {
  return Type.String({ pattern: pathPattern, description });
}

/** A file mode, quoted in YAML. */
export function fileMode(description = 'permission bits, four octal digits in quotes: "0644"') {
  return Type.String({ pattern: '^0[0-7]{3}$|^[0-7]{3}$|^[1-7][0-7]{3}$', description });
}

/** An object whose keys are exactly these. */
export function args<const Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}
