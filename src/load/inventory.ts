import { statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { type AddressPlan, planAddresses } from './address-plan.ts';
import { assembleHosts, filesBeside } from './assemble-hosts.ts';
import { createGroupTree } from './group-tree.ts';
import { checkGuests } from './guest-checks.ts';
import type { InventoryDraft } from './inventory-draft.ts';
import { isIni, readInventoryFile } from './inventory-file.ts';
import { entriesOf, isYaml } from './inventory-variables.ts';
import { networksReader } from './networks.ts';
import { readSource } from './read-source.ts';
import { readRecordedAddresses } from './recorded-addresses.ts';
import type { VariableLayer } from './variables.ts';
import { parseYaml } from './yaml.ts';

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

/** Reads an inventory, a file or a folder of files; every mistake in it goes to `problems`. */
export function loadInventory(
  path: string,
  options: { readonly playbookFolders: readonly string[] },
  problems: Problems,
): Inventory {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const folder = isFolder ? path : dirname(path);
  const draft: InventoryDraft = { groups: new Map(), hosts: new Map() };
  readFiles(isFolder ? inventoryFiles(path, problems) : [path], draft, problems);
  reportSharedNames(draft, problems);
  const tree = createGroupTree(draft, problems);
  const near = [...options.playbookFolders.map((playbooks) => relativeToHere(playbooks)), folder];
  const networksOf = networksReader(problems);
  const { hosts, plan } = planAddresses(assembleHosts(draft, { tree, files: filesBeside(near, problems) }), {
    networksOf,
    recorded: readRecordedAddresses(join(folder, 'addresses.yml'), problems),
    neighbours: () => hostsBeside(path, folder),
    problems,
  });
  checkGuests(hosts, { plan, networksOf, problems });
  return { hosts, groups: tree.groups, folder, addresses: plan };
}

/** The hosts of other inventories in the folder; mistakes in those are not ours to tell. */
function hostsBeside(path: string, folder: string): ReadonlySet<string> {
  const draft: InventoryDraft = { groups: new Map(), hosts: new Map() };
  if (path === folder) return new Set();
  const silent = new Problems();
  const others = inventoryFiles(folder, silent).filter((file) => resolve(file) !== resolve(path));
  readFiles(others, draft, silent);
  return new Set(draft.hosts.keys());
}

function readFiles(files: readonly string[], draft: InventoryDraft, problems: Problems): void {
  for (const file of files) {
    const source = readSource(file, problems, 'name another inventory with -i FILE');
    const document = source && !isIni(source, problems) && parseYaml(source, problems);
    if (document) readInventoryFile(document, draft, problems);
  }
}

/** The inventory files of a folder; what provision itself keeps there is none. */
function inventoryFiles(folder: string, problems: Problems): string[] {
  const names = entriesOf(folder).filter((entry) => !entry.isDirectory() && isYaml(entry.name));
  const files = names
    .filter((entry) => !/^addresses\.ya?ml$/.test(entry.name))
    .map((entry) => join(folder, entry.name));
  if (files.length === 0) {
    problems.add('PV2001', `there is no inventory in \`${folder}\``, { help: 'it is a file that ends in .yml' });
  }
  return files;
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
