import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import type { VariableLayer } from './variables.ts';

export interface Inventory {
  /** In the order in which they stand in the files. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Where `known_hosts` belongs. */
  readonly folder: string;
}

export interface Host {
  readonly name: string;
  /** `all` first, strongest last. */
  readonly groups: readonly string[];
  /** Weakest first. */
  readonly layers: readonly VariableLayer[];
  /** The `ssh:` maps of all layers merged key by key; raw: may hold `<%= %>`. */
  readonly ssh: Readonly<Record<string, unknown>>;
  readonly at: Span;
}

export interface Group {
  readonly name: string;
  /** Those of its child groups included, in inventory order. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
}

/** Reads an inventory, a file or a folder of files; every mistake in it goes to `problems`. */
export function loadInventory(
  path: string,
  _options: { readonly playbookFolders: readonly string[] },
  _problems: Problems,
): Inventory {
  return { hosts: new Map(), groups: new Map(), folder: path };
}

/** The hosts that a pattern names, in inventory order. */
export function selectHosts(_inventory: Inventory, _pattern: string, _at?: Span): readonly string[] {
  return [];
}
