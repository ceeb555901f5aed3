import { Problems, problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Host, type Inventory, loadInventory } from '../load/inventory.ts';
import { addressData, addressTable } from './address-table.ts';
import { hideSecrets } from './hide-secrets.ts';
import { inventoryFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { printWarnings } from './print-warnings.ts';

const usage = `Usage: provision inventory [--graph | --list | --host NAME | --addresses] [options]

Shows groups, hosts and their variables as the files say them; expressions are not evaluated.

${optionsHelp(inventoryFlags)}
`;

/** `provision inventory`. */
export async function inventoryCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parseOptions(argv, inventoryFlags);
  if (options.help) return print(usage);
  if (words.length > 0) throw problem('PV0003', `\`${words[0]}\` is one word too many`, { help: `--host ${words[0]}` });
  const form = addressForm(options);
  const problems = new Problems();
  const inventory = loadInventory(options.inventory, { playbookFolders: [] }, problems);
  problems.throwIfAny();
  printWarnings(problems.warnings);
  if (options.host !== undefined) return print(json(variablesOf(hostNamed(options.host, inventory))));
  if (options.addresses) return print(form === 'json' ? json(addressData(inventory)) : addressTable(inventory));
  return print(options.list ? json(listing(inventory)) : graph(inventory));
}

function addressForm({ addresses, output = 'text' }: { addresses: boolean; output?: string | undefined }): string {
  if (!addresses && output !== 'text') {
    throw problem('PV0002', '`--output` is for the addresses', {
      help: 'provision inventory --addresses --output json',
    });
  }
  const forms = ['text', 'json'];
  if (forms.includes(output)) return output;
  const help = didYouMean(output, forms) ?? `one of ${forms.join(', ')}`;
  throw problem('PV0002', `there is no output form \`${output}\``, { help });
}

function hostNamed(name: string, { hosts }: Inventory): Host {
  const host = hosts.get(name);
  if (host) return host;
  const help = didYouMean(name, hosts.keys()) ?? '`provision inventory` shows all hosts';
  throw problem('PV0003', `there is no host \`${name}\` in the inventory`, { help });
}

/** The shape of `ansible-inventory --list`, so that what reads one reads the other. */
function listing(inventory: Inventory): object {
  const groups = [...inventory.groups.values()].map(({ name, children }) => [
    name,
    { hosts: ownHosts(name, inventory), ...(children.length > 0 && { children }) },
  ]);
  const hostvars = [...inventory.hosts.values()].map((host) => [host.name, variablesOf(host)]);
  return { ...Object.fromEntries(groups), _meta: { hostvars: Object.fromEntries(hostvars) } };
}

/** Hosts that stand in the group itself, not in one of its children. */
function ownHosts(name: string, { groups }: Inventory): readonly string[] {
  const group = groups.get(name);
  const below = new Set(group?.children.flatMap((child) => groups.get(child)?.hosts ?? []));
  return group?.hosts.filter((host) => !below.has(host)) ?? [];
}

function variablesOf({ layers, ssh }: Host): object {
  const variables = Object.assign({}, ...layers.map(({ values }) => values));
  return hideSecrets(Object.keys(ssh).length > 0 ? { ...variables, ssh } : variables) as object;
}

function graph(inventory: Inventory): string {
  const branch = (name: string, depth: number): string[] => [
    `${'  '.repeat(depth)}${name}`,
    ...(inventory.groups.get(name)?.children ?? []).flatMap((child) => branch(child, depth + 1)),
    ...ownHosts(name, inventory).map((host) => `${'  '.repeat(depth + 1)}${host}`),
  ];
  return `${branch('all', 0).join('\n')}\n`;
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
