import { join, relative } from 'node:path';
import { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { type AddressPlan, planAddresses } from './address-plan.ts';
import { assembleHosts, filesBeside } from './assemble-hosts.ts';
import { createGroupTree } from './group-tree.ts';
import { checkGuests } from './guest-checks.ts';
import type { InventoryDraft } from './inventory-draft.ts';
import { readInventoryFile } from './inventory-file.ts';
import { filesBesideSources, inventorySources, readInventorySource } from './inventory-source.ts';
import { warnOfStrayFiles } from './inventory-variables.ts';
import { networksReader } from './networks.ts';
import { readRecordedAddresses } from './recorded-addresses.ts';
import type { VariableLayer } from './variables.ts';

export { selectHosts } from './select-hosts.ts';

export interface Inventory {
  /** In the order in which they stand in the files. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Where `known_hosts` belongs. */
  readonly folder: string;
  /** Missing in an inventory that no file made. */
  readonly addresses?: AddressPlan;
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

/**
 * Reads an inventory: files, folders, programs, one or several, of which a later one is stronger. Every mistake in it goes
 * to `problems`.
 */
export function loadInventory(
  named: string | readonly string[],
  options: { readonly playbookFolders: readonly string[] },
  problems: Problems,
): Inventory {
  const sources = inventorySources(named, problems);
  const folder = sources[0]?.folder ?? '.';
  const draft = readFiles(
    sources.flatMap(({ files }) => files),
    problems,
  );
  reportSharedNames(draft, problems);
  const tree = createGroupTree(draft, problems);
  const files = filesBeside(
    { playbooks: options.playbookFolders.map(relativeToHere), sources: sources.map((source) => source.folder) },
    problems,
  );
  const networksOf = networksReader(problems);
  for (const strays of files.group.strong) warnOfStrayFiles(strays, tree.groups.keys(), problems);
  for (const strays of files.host.strong) warnOfStrayFiles(strays, draft.hosts.keys(), problems);
  const { hosts, plan } = planAddresses(assembleHosts(draft, { tree, files }), {
    networksOf,
    recorded: readRecordedAddresses(join(folder, 'addresses.yml'), problems),
    // Mistakes in other inventories are not ours to tell.
    neighbours: () => new Set(readFiles(filesBesideSources(sources), new Problems()).hosts.keys()),
    problems,
  });
  checkGuests(hosts, { plan, networksOf, problems });
  return { hosts, groups: tree.groups, folder, addresses: plan };
}

function readFiles(files: readonly string[], problems: Problems): InventoryDraft {
  const draft: InventoryDraft = { groups: new Map(), hosts: new Map() };
  for (const file of files) {
    for (const document of readInventorySource(file, problems)) readInventoryFile(document, draft, problems);
  }
  return draft;
}

function reportSharedNames(draft: InventoryDraft, problems: Problems): void {
  for (const host of draft.hosts.values()) {
    const group = draft.groups.get(host.name);
    if (!group) continue;
    problems.add('PV2005', `\`${host.name}\` is both a host and a group`, {
      at: host.at,
      related: [{ at: group.at, message: 'the group' }],
      help: 'rename one of them: a pattern could not tell which is meant',
    });
  }
}

function relativeToHere(folder: string): string {
  const near = relative(process.cwd(), folder) || '.';
  return near.startsWith('../../') ? folder : near;
}
