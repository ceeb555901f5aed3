import { Problems } from '../core/diagnostic.ts';
import { type Inventory, loadInventory, selectHosts } from '../load/inventory.ts';
import { loadPlaybook, type Playbook } from '../load/playbook.ts';
import { parseExtraVars, type VariableLayer } from '../load/variables.ts';
import { modules } from '../modules/registry.ts';
import { checkPlays } from './check-plays.ts';

/** What the user's files say, read and checked. */
export interface Project {
  readonly playbooks: readonly Playbook[];
  readonly inventory: Inventory;
  readonly extra: readonly VariableLayer[];
}

export interface ProjectFiles {
  readonly playbooks: readonly string[];
  readonly inventory?: string | undefined;
  readonly extraVars?: readonly string[];
  readonly limit?: string | undefined;
}

export const defaultInventory = 'inventory/hosts.yml';

/**
 * Reads playbooks and inventory and checks all that can be checked without a connection.
 * @throws ProvisionError with every mistake found in the files
 */
export function loadProject(files: ProjectFiles): Project {
  const problems = new Problems();
  const playbooks = files.playbooks.flatMap((file) => loadPlaybook(file, modules, problems) ?? []);
  const playbookFolders = [...new Set(playbooks.map(({ folder }) => folder))];
  const inventory = loadInventory(files.inventory ?? defaultInventory, { playbookFolders }, problems);
  const extra = parseExtraVars(files.extraVars ?? [], problems);
  const { limit } = files;
  if (limit !== undefined && problems.count === 0) problems.attempt(() => selectHosts(inventory, limit));
  const project = { playbooks, inventory, extra };
  checkPlays(project, problems);
  problems.throwIfAny();
  return project;
}
