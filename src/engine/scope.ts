import type { Secrets } from '../core/secret.ts';
import type { Inventory } from '../load/inventory.ts';
import type { VariableLayer } from '../load/variables.ts';
import { dataScope, type Scope } from '../render/scope.ts';

export interface ScopeSource {
  readonly inventory: Inventory;
  /** Inventory name. */
  readonly host: string;
  /** All layers that stand in files, weakest first. */
  readonly layers: readonly VariableLayer[];
  /** Registered results, `set_fact`, `item`, facts: never evaluated again; stronger than layers, weaker than `extra`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** `--extra-vars`, weakest first. */
  readonly extra: readonly VariableLayer[];
  readonly secrets: Secrets;
  /** The data of another host, for `hostvars`. */
  readonly dataOf?: (host: string) => Readonly<Record<string, unknown>>;
}

/** What a task sees on a host. Variables are evaluated when they are used, once. */
export function createScope(source: ScopeSource): Scope {
  return dataScope(source.data);
}
