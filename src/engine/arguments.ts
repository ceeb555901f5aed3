import type { Diagnostic } from '../core/diagnostic.ts';
import type { Secrets } from '../core/secret.ts';
import type { Task } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Scope } from '../render/scope.ts';

export interface ArgumentContext {
  /** Absolute, in the order in which they are searched. */
  readonly templateFolders: readonly string[];
  readonly secrets: Secrets;
}

/** One task's arguments for one host: evaluated, checked, templates replaced by their text, secrets noted. */
export function renderArguments(
  _task: Task,
  _module: AnyModule,
  _scope: Scope,
  _context: ArgumentContext,
): Record<string, unknown> {
  return {};
}

/** Mistakes in the template files that a task names as they stand, found without a host. */
export function checkTemplates(_task: Task, _module: AnyModule, _folders: readonly string[]): Diagnostic[] {
  return [];
}

/** Where template files are looked for: beside the playbook, and beside where provision was started. */
export function templateFolders(_playbookFolder: string): readonly string[] {
  return [];
}

/** Registers the texts of all arguments that the module's schema calls secret. */
export function noteSecrets(_module: AnyModule, _values: Readonly<Record<string, unknown>>, _secrets: Secrets): void {}
