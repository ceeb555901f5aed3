import type { ModuleSchema, TSchema } from './schema.ts';
import { dataOf, type SchemaData, templated } from './templated.ts';

const draft = 'http://json-schema.org/draft-07/schema#';

/** A module as the editor and the reference show it. */
export interface DocumentedModule extends ModuleSchema {
  readonly description: string;
  readonly examples: readonly string[];
  /** The argument that may stand behind the name alone: `meta: flush_handlers`. */
  readonly word?: string;
}

/** Schemas of the keywords, which belong to those who read them. */
export interface KeywordSchemas {
  readonly play: ObjectSchema;
  readonly block: ObjectSchema;
  readonly include: ObjectSchema;
  readonly role: ObjectSchema;
  readonly import: ObjectSchema;
  readonly task: ObjectSchema;
  /** What the engine does itself, where others have a module. */
  readonly actions: readonly DocumentedModule[];
  readonly ssh: ObjectSchema;
  readonly network: ObjectSchema;
}

export type ObjectSchema = TSchema & { readonly properties: Record<string, TSchema> };

/** What an editor needs to complete and check playbooks; draft-07, as the YAML language server wants it. */
export function playbookEditorSchema(modules: readonly DocumentedModule[], keywords: KeywordSchemas): SchemaData {
  const { play, block, include, role, task, actions } = keywords;
  return {
    $schema: draft,
    title: 'playbook of provision',
    type: 'array',
    items: eitherBy('import_playbook', 'import', definition('play')),
    definitions: {
      import: strict(keywords.import),
      play: withLists(strict(play), ['pre_tasks', 'tasks', 'post_tasks', 'handlers', 'roles']),
      item: eitherBy('block', 'block', eitherBy('include', 'include', definition('task'))),
      block: withLists(strict(block), ['block', 'rescue', 'always']),
      include: strict(include),
      role: { anyOf: [{ type: 'string' }, strict(role)] },
      task: {
        type: 'object',
        additionalProperties: false,
        properties: { ...(dataOf(task).properties as SchemaData), ...argumentsByModule([...modules, ...actions]) },
      },
    },
  };
}

function definition(name: string): SchemaData {
  return { $ref: `#/definitions/${name}` };
}

/** What has the keyword is one thing, all else the other: mistakes are then told of what was meant. */
function eitherBy(keyword: string, name: string, other: SchemaData): SchemaData {
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: { type: 'object', required: [keyword] }, then: definition(name), else: other };
}

function strict(schema: ObjectSchema): SchemaData {
  return { ...dataOf(schema), additionalProperties: false };
}

/** Lists of tasks and of roles know what they are lists of. */
function withLists(schema: SchemaData, names: readonly string[]): SchemaData {
  const properties = schema.properties as Readonly<Record<string, SchemaData>>;
  const lists = names.map((name): [string, SchemaData] => {
    const items = definition(name === 'roles' ? 'role' : 'item');
    return [name, { description: properties[name]?.description, type: ['array', 'null'], items }];
  });
  return { ...schema, properties: { ...properties, ...Object.fromEntries(lists) } };
}

function argumentsByModule(modules: readonly DocumentedModule[]): SchemaData {
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ name, description, args, word }) => {
      const { anyOf } = templated(args) as { anyOf: readonly SchemaData[] };
      const required = (anyOf[0]?.required ?? []) as readonly string[];
      const alone = word === undefined ? [] : [dataOf(args.properties[word] as TSchema)];
      const nothing = required.length === 0 ? [{ type: 'null' }] : [];
      return [name, { description, anyOf: [...anyOf, ...alone, ...nothing] }];
    }),
  );
}

/** The same for inventories. */
export function inventoryEditorSchema({ ssh, network }: KeywordSchemas): SchemaData {
  const text = (description: string) => ({ description, type: 'string' });
  const mapOf = (definition: string, description: string) => ({
    description,
    type: ['object', 'null'],
    additionalProperties: { $ref: `#/definitions/${definition}` },
  });
  const variables = {
    ssh: { ...templated(ssh), description: 'how to reach the host' },
    hypervisor: text('the host that runs this guest'),
    networks: {
      description: 'networks by name; guests without an `ip` get theirs from them',
      type: 'object',
      additionalProperties: templated(network),
    },
    network: text('the one of `networks` that a guest is in'),
    ip: text('fixed address of a guest in its network; allotted when it is left out and the network has a range'),
    public_ip: text('address that the world knows a guest by, for one-to-one NAT'),
    mac: text('MAC address of a guest; derived from its name when it is left out'),
  };
  return {
    $schema: draft,
    title: 'inventory of provision',
    type: 'object',
    additionalProperties: { $ref: '#/definitions/group' },
    definitions: {
      group: {
        type: ['object', 'null'],
        additionalProperties: false,
        properties: {
          hosts: mapOf('host', 'hosts of the group; `web[01:20]` stands for twenty'),
          children: mapOf('group', 'groups within the group'),
          vars: { description: 'variables of all its hosts', type: ['object', 'null'], properties: variables },
        },
      },
      host: { type: ['object', 'null'], properties: variables },
    },
  };
}
