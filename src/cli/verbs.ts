export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Loads what the verb needs, and nothing before it is wanted. */
  readonly load: () => Promise<(argv: readonly string[]) => Promise<number>>;
}

/** What `provision` can be told to do, in the order of its help. */
export const verbs: readonly Verb[] = [
  {
    name: 'run',
    summary: 'make hosts what the playbooks say',
    load: async () => (await import('./run-command.ts')).runCommand,
  },
  {
    name: 'validate',
    summary: 'check playbooks and inventory without connecting',
    load: async () => (await import('./validate-command.ts')).validateCommand,
  },
  {
    name: 'inventory',
    summary: 'show groups, hosts and their variables',
    load: async () => (await import('./inventory-command.ts')).inventoryCommand,
  },
  {
    name: 'verify',
    summary: 'prove from outside that guests are reached as they should be',
    load: async () => (await import('./verify-command.ts')).verifyCommand,
  },
  {
    name: 'doc',
    summary: 'explain a module or the code of an error',
    load: async () => (await import('./doc-command.ts')).docCommand,
  },
  {
    name: 'schema',
    summary: 'print the JSON schema that editors complete playbooks with',
    load: async () => (await import('./schema-command.ts')).schemaCommand,
  },
  {
    name: 'lab',
    summary: 'Debian hosts on this machine to try things on (Linux, root)',
    load: async () => (await import('./lab-command.ts')).labCommand,
  },
];
