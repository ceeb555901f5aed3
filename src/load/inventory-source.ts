import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import type { Located, SourceText } from '../core/source.ts';
import { isIni, readIni } from './inventory-ini.ts';
import { listingDocuments } from './inventory-listing.ts';
import { runProgram } from './inventory-program.ts';
import { entriesOf } from './inventory-variables.ts';
import { readSource } from './read-source.ts';
import { parseYaml } from './yaml.ts';

/** What is read where nothing else is named. */
const usual = 'inventory/hosts.yml';

/** One thing that `-i` names, and the files that it is made of, weakest first. */
export interface InventorySource {
  readonly files: readonly string[];
  /** Where `group_vars`, `host_vars`, `known_hosts` belong. */
  readonly folder: string;
}

/** What `-i` names: files, folders, and lists of hosts such as `alfa,bravo`. */
export function inventorySources(named: string | readonly string[], problems: Problems): readonly InventorySource[] {
  const names = typeof named === 'string' ? [named] : named;
  return (names.length === 0 ? [usual] : names).map((name) => {
    if (isListOfHosts(name)) return { files: [name], folder: '.' };
    if (!isFolder(name)) return { files: [name], folder: dirname(name) };
    const files = filesOfFolder(name);
    if (files.length === 0) {
      const help = 'it is a file that ends in .yml, .yaml, .json, .ini or .mjs, or a program';
      problems.add('PV2001', `there is no inventory in \`${name}\``, { help });
    }
    return { files, folder: name };
  });
}

/** Inventories beside those, as far as they can be read without starting anything. */
export function filesBesideSources(sources: readonly InventorySource[]): readonly string[] {
  const own = new Set(sources.flatMap(({ files }) => files).map((file) => resolve(file)));
  return sources
    .filter(({ files: [file] }) => file !== undefined && existsSync(file))
    .flatMap(({ folder }) => filesOfFolder(folder))
    .filter((file) => isWrittenYaml(file) && !own.has(resolve(file)));
}

/** The documents of a file, or of what a program prints; each is a map of groups. */
export function readInventorySource(file: string, problems: Problems): readonly Located[] {
  if (isListOfHosts(file)) return present(readIni({ name: '-i', text: file.split(',').join('\n') }, problems));
  if (isModule(file) || isProgram(file)) {
    const printed = runProgram(file, { isModule: isModule(file) }, problems);
    return printed ? listingDocuments(printed) : [];
  }
  const source = readSource(file, problems, { help: 'name another inventory with -i FILE' });
  return source ? readText(source, problems) : [];
}

function readText(source: SourceText, problems: Problems): readonly Located[] {
  if (isIni(source)) return present(readIni(source, problems));
  const document = present(parseYaml(source, problems));
  return source.name.endsWith('.json') ? document.flatMap(listingDocuments) : document;
}

function present(document: Located | undefined): readonly Located[] {
  return document ? [document] : [];
}

/** What provision itself and version control keep in a folder is no inventory, nor are notes and copies. */
function filesOfFolder(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter(
      (entry) => !entry.isDirectory() && !/^\.|~$|^(known_hosts|(addresses|secrets\.age)\.ya?ml)$/.test(entry.name),
    )
    .map(({ name }) => join(folder, name))
    .filter((file) => /\.(ya?ml|json|ini)$/.test(file) || isModule(file) || isProgram(file) || /\/hosts$/.test(file));
}

function isWrittenYaml(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isListOfHosts(name: string): boolean {
  return name.includes(',') && !existsSync(name);
}

function isModule(file: string): boolean {
  return ['.mjs', '.js'].includes(extname(file));
}

/** Some file systems call everything executable: what is surely text is read. */
function isProgram(file: string): boolean {
  if (/\.(ya?ml|json|ini|cfg|conf|txt|md|bak|orig|retry)$/.test(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
