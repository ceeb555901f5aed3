import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import { readSource } from './read-source.ts';
import { checkSshSettings } from './ssh-settings.ts';
import { isTakenName } from './variable-name.ts';
import type { VariableLayer } from './variables.ts';
import { parseYaml } from './yaml.ts';

/** What can be told of an inventory's variables before anything is known of hosts. */
export function checkLayer(layer: VariableLayer, problems: Problems): void {
  checkSshSettings(layer, problems);
  for (const name of Object.keys(layer.values)) {
    if (!isTakenName(name) || !layer.document) continue;
    problems.add('PV2101', `\`${name}\` cannot be a variable: every expression knows something else by that name`, {
      at: layer.document.locate([...layer.path, name], 'key'),
      help: 'choose another name',
    });
  }
}

/** Gives the layers of `group_vars/NAME` or `host_vars/NAME`, weakest first. */
export type VariableFiles = (name: string) => readonly VariableLayer[];

/** The files of `group_vars/` or `host_vars/` in a folder: `NAME.yml`, or all files of a folder `NAME/`. */
export function variableFiles(folder: string, kind: 'group' | 'host', problems: Problems): VariableFiles {
  const files = new Map<string, string[]>();
  const root = join(folder, `${kind}_vars`);
  for (const entry of entriesOf(root)) {
    const path = join(root, entry.name);
    const name = entry.isDirectory() ? entry.name : isYaml(entry.name) ? basename(path, extname(path)) : undefined;
    if (name === undefined) continue;
    files.set(name, [...(files.get(name) ?? []), ...(entry.isDirectory() ? yamlFilesBelow(path) : [path])]);
  }
  return (name) => (files.get(name) ?? []).flatMap((file) => readLayer(file, `${kind} ${name}`, problems));
}

function readLayer(file: string, origin: string, problems: Problems): VariableLayer[] {
  const source = readSource(file, problems);
  const document = source && parseYaml(source, problems);
  if (!document || document.value === null) return [];
  const values = document.value;
  if (typeof values !== 'object' || Array.isArray(values)) {
    const at = document.locate([]);
    problems.add('PV2001', 'a file of variables is a map', { at, help: 'write `name: value`, one below the other' });
    return [];
  }
  const layer = { origin, values: values as Record<string, unknown>, document, path: [] };
  checkLayer(layer, problems);
  return [layer];
}

/** All YAML files of a folder and its folders, sorted by name. */
function yamlFilesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return yamlFilesBelow(path);
    return isYaml(entry.name) ? [path] : [];
  });
}

export function isYaml(name: string): boolean {
  return /^[^.].*\.ya?ml$/.test(name);
}

export function entriesOf(folder: string) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
