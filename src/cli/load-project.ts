import { Problems } from '../core/diagnostic.ts';
import { loadInventory } from '../load/inventory.ts';
import { loadPlaybook, type Playbook } from '../load/playbook.ts';
import { parseExtraVars } from '../load/variables.ts';
import { modules } from '../modules/registry.ts';
import { checkPlays } from './check-plays.ts';
import { everything, type Project, type Selection } from './project.ts';
import { checkSecretUses } from './secret-uses.ts';

export interface ProjectFiles {
  readonly playbooks: readonly string[];
  /** The usual one where none is named. */
  readonly inventory?: string | readonly string[] | undefined;
  readonly extraVars?: readonly string[];
}

export const defaultInventory = 'inventory/hosts.yml';

/**
 * Reads playbooks and inventory and checks all that can be checked without a connection.
 * @throws ProvisionError with every mistake found in the files
 */
export function loadProject(files: ProjectFiles, selection: Selection = everything): Project {
  const problems = new Problems();
  const playbooks = files.playbooks.flatMap((file) => loadPlaybook(file, modules, problems) ?? []);
  const playbookFolders = [...new Set(playbooks.flatMap(foldersOf))];
  const inventory = loadInventory(files.inventory ?? [], { playbookFolders }, problems);
  const extra = parseExtraVars(files.extraVars ?? [], problems);
  const project = { playbooks, inventory, extra, warnings: [] };
  // with a broken inventory every host and variable would seem to be missing
  if (inventory.hosts.size > 0 || problems.count === 0) checkPlays(project, selection, problems);
  checkSecretUses(project, problems);
  problems.throwIfAny();
  return { ...project, warnings: problems.warnings };
}

/** Its own, and those of the playbooks that it imports. */
function foldersOf({ folder, plays }: Playbook): readonly string[] {
  return [folder, ...plays.map(({ playbook }) => playbook.folder)];
}
