import { resolve } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import { derivedLayer } from './derived-identity.ts';
import type { GroupTree } from './group-tree.ts';
import { isGuest } from './guest-checks.ts';
import type { Host } from './inventory.ts';
import type { HostDraft, InventoryDraft } from './inventory-draft.ts';
import { type VariableFiles, variableFiles } from './inventory-variables.ts';
import { sshSettingsOf } from './ssh-settings.ts';
import type { VariableLayer } from './variables.ts';

/** The files beside playbooks are weaker than the inventory itself, those beside it are stronger. */
interface FilesOfKind {
  readonly weak: readonly VariableFiles[];
  readonly strong: readonly VariableFiles[];
}

export interface FilesBeside {
  readonly group: FilesOfKind;
  readonly host: FilesOfKind;
}

/** Folders of playbooks and of inventories, weakest first; one that is both counts as that of an inventory. */
export function filesBeside(
  { playbooks, sources }: { readonly playbooks: readonly string[]; readonly sources: readonly string[] },
  problems: Problems,
): FilesBeside {
  const isLast = (folder: string, index: number, all: readonly string[]): boolean =>
    !all.slice(index + 1).some((later) => resolve(later) === resolve(folder));
  const strong = sources.filter(isLast);
  const isSource = (folder: string): boolean => strong.some((source) => resolve(source) === resolve(folder));
  const weak = playbooks.filter(isLast).filter((folder) => !isSource(folder));
  const files = (folders: readonly string[], kind: 'group' | 'host') =>
    folders.map((folder) => variableFiles(folder, kind, problems));
  return {
    group: { weak: files(weak, 'group'), strong: files(strong, 'group') },
    host: { weak: files(weak, 'host'), strong: files(strong, 'host') },
  };
}

/** What hosts of the same groups share. */
interface Stack {
  readonly groups: readonly string[];
  readonly layers: readonly VariableLayer[];
  readonly ssh: Readonly<Record<string, unknown>>;
}

/** The hosts with all their layers; what they share is made once. */
export function assembleHosts(
  draft: InventoryDraft,
  { tree, files }: { readonly tree: GroupTree; readonly files: FilesBeside },
): ReadonlyMap<string, Host> {
  const ofGroup = new Map<string, readonly VariableLayer[]>();
  const layersOf = (name: string): readonly VariableLayer[] => {
    const known = ofGroup.get(name);
    if (known) return known;
    const layers = around(name, draft.groups.get(name)?.layers ?? [], files.group);
    ofGroup.set(name, layers);
    return layers;
  };
  const stacks = new Map<string, Stack>();
  const stackOf = (host: HostDraft): Stack => {
    const key = [...host.groups].join('\n');
    const known = stacks.get(key);
    if (known) return known;
    const groups = tree.groupsOf(host.groups.size === 0 ? ['all'] : host.groups);
    const layers = groups.flatMap(layersOf);
    const stack = { groups, layers, ssh: mergeSsh({}, layers) };
    stacks.set(key, stack);
    return stack;
  };
  return new Map([...draft.hosts.values()].map((host) => [host.name, assemble(host, stackOf(host), files)]));
}

function assemble(host: HostDraft, stack: Stack, files: FilesBeside): Host {
  const own = around(host.name, host.layers, files.host);
  const written = own.length === 0 ? stack.layers : [...stack.layers, ...own];
  const layers = isGuest(written) ? [derivedLayer(host.name), ...written] : written;
  return { name: host.name, groups: stack.groups, layers, ssh: mergeSsh(stack.ssh, own), at: host.at };
}

function around(name: string, inline: readonly VariableLayer[], files: FilesBeside['group']): readonly VariableLayer[] {
  const weak = files.weak.flatMap((folder) => folder.layers(name));
  return [...weak, ...inline, ...files.strong.flatMap((folder) => folder.layers(name))];
}

function mergeSsh(base: Readonly<Record<string, unknown>>, layers: readonly VariableLayer[]) {
  const settings = layers
    .map((layer) => sshSettingsOf(layer).values)
    .filter((values) => Object.keys(values).length > 0);
  return settings.length === 0 ? base : (Object.assign({}, base, ...settings) as Record<string, unknown>);
}
