import type { Span } from '../core/source.ts';
import type { VariableLayer } from './variables.ts';

/** Groups and hosts as the files name them, before any of it is put together. */
export interface InventoryDraft {
  readonly groups: Map<string, GroupDraft>;
  readonly hosts: Map<string, HostDraft>;
}

export interface GroupDraft {
  readonly name: string;
  readonly at: Span;
  readonly hosts: Set<string>;
  /** Name of the child and where it is said. */
  readonly children: Map<string, Span>;
  /** Weakest first. */
  readonly layers: VariableLayer[];
}

export interface HostDraft {
  readonly name: string;
  readonly at: Span;
  /** Those that name it themselves. */
  readonly groups: Set<string>;
  readonly layers: VariableLayer[];
}

export function draftGroup(draft: InventoryDraft, name: string, at: Span): GroupDraft {
  const known = draft.groups.get(name);
  if (known) return known;
  const group: GroupDraft = { name, at, hosts: new Set(), children: new Map(), layers: [] };
  draft.groups.set(name, group);
  return group;
}

export function draftHost(draft: InventoryDraft, name: string, at: Span): HostDraft {
  const known = draft.hosts.get(name);
  if (known) return known;
  const host: HostDraft = { name, at, groups: new Set(), layers: [] };
  draft.hosts.set(name, host);
  return host;
}
