import type { DocumentedModule, KeywordSchemas, ObjectSchema } from './editor-schema.ts';
import { dataOf, type SchemaData } from './templated.ts';

/** A page of the reference: its file name and its Markdown. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

const generated = '<!-- made by `npm run generate` -->\n';

/** All pages: one for each module, the keywords, the codes, and what leads to them. */
export function referencePages(
  modules: readonly DocumentedModule[],
  keywords: KeywordSchemas,
  codes: Readonly<Record<string, { readonly title: string; readonly explanation: string }>>,
): Page[] {
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    { file: 'README.md', text: generated + indexPage(sorted) },
    { file: 'playbooks.md', text: generated + playbooksPage(keywords) },
    { file: 'inventory.md', text: generated + inventoryPage(keywords) },
    { file: 'codes.md', text: generated + codesPage(codes) },
    ...sorted.map((module) => ({ file: `${module.name}.md`, text: generated + moduleReference(module) })),
  ];
}

/** What a module does, its arguments and examples, as Markdown. */
export function moduleReference({ name, description, args, examples }: DocumentedModule): string {
  const shown = examples.map((example) => `\`\`\`yaml\n- ${name}:\n${indent(example.trimEnd(), '    ')}\n\`\`\`\n`);
  return `# ${name}\n\n${description}\n\n## Arguments\n\n${argumentTable(args, 'argument')}${
    shown.length > 0 ? `\n## Examples\n\n${shown.join('\n')}` : ''
  }`;
}

/** The keywords of `play` or `task`, as Markdown. */
export function keywordReference(name: string, schema: ObjectSchema): string {
  const article = /^[aeiou]/.test(name) ? 'an' : 'a';
  return `# Keywords of ${article} ${name}\n\n${argumentTable(schema, 'keyword')}`;
}

function indexPage(modules: readonly DocumentedModule[]): string {
  const rows = modules.map(({ name, description }) => [`[${name}](${name}.md)`, description]);
  return `# Reference

- [Keywords of playbooks](playbooks.md)
- [Settings of the inventory](inventory.md)
- [Codes of errors](codes.md)

## Modules

${table(['module', 'what it does'], rows)}`;
}

function playbooksPage({ play, task, block, include, role, import: imported, actions }: KeywordSchemas): string {
  const sections = Object.entries({ play, task, block, include, role, import: imported });
  return `# Playbooks

A playbook is a list of plays. A task names one module, \`family.name\`, with its arguments below it, beside the keywords;
or an action, which has one word. What Ansible calls otherwise: [coming from Ansible](../coming-from-ansible.md).

${sections.map(([name, schema]) => `#${keywordReference(name, schema)}`).join('\n')}
## Actions

${actions.map((action) => moduleReference(action).replaceAll(/^#/gm, '###')).join('\n')}`;
}

function inventoryPage({ ssh, network }: KeywordSchemas): string {
  return `# Inventory

Groups hold \`hosts\`, \`children\` and \`vars\`. How a host is reached stands in its map \`ssh\`, or in that of its groups:

${argumentTable(ssh, 'setting')}
## Networks

What each entry of the variable \`networks\` may hold ([addresses](../addresses.md)):

${argumentTable(network, 'setting')}`;
}

function codesPage(codes: Readonly<Record<string, { readonly title: string; readonly explanation: string }>>): string {
  const entries = Object.entries(codes).map(
    ([code, { title, explanation }]) => `## ${code}: ${title}\n\n${explanation}\n`,
  );
  return `# Codes of errors\n\n\`provision doc CODE\` shows the same.\n\n${entries.join('\n')}`;
}

function argumentTable(schema: ObjectSchema, noun: string): string {
  const rows = rowsOf(dataOf(schema), '');
  return rows.length === 0 ? `It has no ${noun}s.\n` : table([noun, 'takes', 'default', ''], rows);
}

function rowsOf(schema: SchemaData, prefix: string): string[][] {
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries((schema.properties ?? {}) as Record<string, SchemaData>).flatMap(([name, property]) => {
    const isRequired = required.includes(name) && property.default === undefined;
    const fallback = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
    const row = [`\`${prefix}${name}\``, kindOf(property), isRequired ? '**required**' : fallback, textOf(property)];
    return [row, ...rowsOf(nested(property), `${prefix}${name}.`)];
  });
}

/** The map whose keys get rows of their own: the argument itself, or the items of its list. */
function nested(schema: SchemaData): SchemaData {
  const items = schema.items as SchemaData | undefined;
  const branches = (schema.anyOf ?? []) as readonly SchemaData[];
  const inner = [schema, items, ...branches, ...branches.map((branch) => branch.items as SchemaData | undefined)];
  return inner.find((candidate) => candidate?.properties !== undefined) ?? {};
}

function kindOf(schema: SchemaData): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => `\`${String(word)}\``).join(' or ');
  if ('const' in schema) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.anyOf)) return [...new Set((schema.anyOf as SchemaData[]).map(kindOf))].join(' or ');
  if (Array.isArray(schema.template))
    return `a template, with ${schema.template.map((name) => `\`${name}\``).join(' and ')}`;
  if (schema.template === true) return 'a template';
  if (schema.type === 'array') return schema.items ? `a list (${kindOf(schema.items as SchemaData)})` : 'a list';
  return kinds[String(schema.type)] ?? 'anything';
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  object: 'a map',
};

function textOf(schema: SchemaData): string {
  const [number = schema] = (schema.anyOf ?? []) as readonly SchemaData[];
  const bounds = [
    number.minimum !== undefined && `at least ${String(number.minimum)}`,
    number.maximum !== undefined && `at most ${String(number.maximum)}`,
    schema.secret === true && 'never shown',
  ].filter((bound) => bound !== false);
  return [schema.description, ...bounds].filter((part) => part !== undefined).join('; ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}
