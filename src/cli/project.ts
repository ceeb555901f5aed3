import type { Diagnostic } from '../core/diagnostic.ts';
import type { Inventory } from '../load/inventory.ts';
import type { Playbook } from '../load/playbook.ts';
import type { VariableLayer } from '../load/variables.ts';

/** What the user's files say. */
export interface Project {
  readonly playbooks: readonly Playbook[];
  readonly inventory: Inventory;
  readonly extra: readonly VariableLayer[];
  /** What is not what was meant, most likely. */
  readonly warnings: readonly Diagnostic[];
}

/** Which part of it a run is for. */
export interface Selection {
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Name or glob of the task to begin at. */
  readonly startAt?: string;
}

export const everything: Selection = { tags: [], skipTags: [] };
