import type { ModuleSchema, TSchema } from './schema.ts';
import { dataOf, type SchemaData, templated } from './templated.ts';

const draft = 'http://json-schema.org/draft-07/schema#';

/** A module as the editor and the reference show it. */
export interface DocumentedModule extends ModuleSchema {
  readonly description: string;
  readonly examples: readonly string[];
}

/** Schemas of the keywords, which belong to those who read them. */
export interface KeywordSchemas {
  readonly play: ObjectSchema;
  readonly task: ObjectSchema;
  readonly ssh: ObjectSchema;
  readonly network: ObjectSchema;
}

export type ObjectSchema = TSchema & { readonly properties: Record<string, TSchema> };

/** What an editor needs to complete and check playbooks; draft-07, as the YAML language server wants it. */
export function playbookEditorSchema(modules: readonly DocumentedModule[], { play, task }: KeywordSchemas): SchemaData {
  const tasks = { type: ['array', 'null'], items: { $ref: '#/definitions/task' } };
  const playData = dataOf(play);
  const keywords = playData.properties as Record<string, SchemaData>;
  return {
    $schema: draft,
    title: 'playbook of provision',
    type: 'array',
    items: { $ref: '#/definitions/play' },
    definitions: {
      play: {
        ...playData,
        additionalProperties: false,
        properties: {
          ...keywords,
          tasks: { description: keywords.tasks?.description, ...tasks },
          handlers: { description: keywords.handlers?.description, ...tasks },
        },
      },
      task: {
        type: 'object',
        additionalProperties: false,
        properties: { ...(dataOf(task).properties as SchemaData), ...argumentsByModule(modules) },
      },
    },
  };
}

function argumentsByModule(modules: readonly DocumentedModule[]): SchemaData {
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ name, description, args }) => {
      const { anyOf } = templated(args) as { anyOf: readonly SchemaData[] };
      const required = (anyOf[0]?.required ?? []) as readonly string[];
      return [name, { description, anyOf: required.length === 0 ? [...anyOf, { type: 'null' }] : anyOf }];
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
