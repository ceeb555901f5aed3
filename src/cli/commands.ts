import type { VerbName } from './verbs.ts';

/** Carries out one verb with the words behind it; answers with the exit code. */
export type Command = (argv: readonly string[]) => Promise<number>;

/** Loads what a verb needs, and nothing before it is wanted. */
export const commands: Readonly<Record<VerbName, () => Promise<Command>>> = {
  run: async () => (await import('./run-command.ts')).runCommand,
  runs: async () => (await import('./runs-command.ts')).runsCommand,
  undo: async () => (await import('./undo-command.ts')).undoCommand,
  validate: async () => (await import('./validate-command.ts')).validateCommand,
  inventory: async () => (await import('./inventory-command.ts')).inventoryCommand,
  explain: async () => (await import('./explain-command.ts')).explainCommand,
  facts: async () => (await import('./facts-command.ts')).factsCommand,
  verify: async () => (await import('./verify-command.ts')).verifyCommand,
  status: async () => (await import('./status-command.ts')).statusCommand,
  console: async () => (await import('./console-command.ts')).consoleCommand,
  destroy: async () => (await import('./destroy-command.ts')).destroyCommand,
  move: async () => (await import('./move-command.ts')).moveCommand,
  secrets: async () => (await import('./secrets-command.ts')).secretsCommand,
  doc: async () => (await import('./doc-command.ts')).docCommand,
  schema: async () => (await import('./schema-command.ts')).schemaCommand,
  completion: async () => (await import('./completion-command.ts')).completionCommand,
  lab: async () => (await import('./lab-command.ts')).labCommand,
};
