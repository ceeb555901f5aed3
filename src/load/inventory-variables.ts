import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
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

/** The files of one folder `group_vars` or `host_vars`. */
export interface VariableFiles {
  readonly kind: 'group' | 'host';
  /** By the group or host they are for. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** The layers of `group_vars/NAME` or `host_vars/NAME`, weakest first. */
  layers(name: string): readonly VariableLayer[];
}

/** Says which files are for nobody, where somebody is called almost the same: others may be for another inventory. */
export function warnOfStrayFiles({ kind, files }: VariableFiles, names: Iterable<string>, problems: Problems): void {
  const known = new Set(names);
  for (const [name, [file = name]] of files) {
    const help = known.has(name) ? undefined : didYouMean(name, known);
    if (help) problems.warn('PV2028', `\`${file}\` is for no ${kind} of the inventory`, { help });
  }
}

/** The files of `group_vars/` or `host_vars/` in a folder: `NAME`, `NAME.yml`, or all files of a folder `NAME/`. */
export function variableFiles(folder: string, kind: 'group' | 'host', problems: Problems): VariableFiles {
  const files = new Map<string, string[]>();
  const root = join(folder, `${kind}_vars`);
  for (const entry of entriesOf(root)) {
    const path = join(root, entry.name);
    if (!entry.isDirectory() && !holdsVariables(entry.name)) continue;
    const name = entry.isDirectory() ? entry.name : basename(path, extensionOf(entry.name));
    files.set(name, [...(files.get(name) ?? []), ...(entry.isDirectory() ? filesBelow(path) : [path])]);
  }
  const layers = (name: string) =>
    (files.get(name) ?? []).flatMap((file) => readLayer(file, `${kind} ${name}`, problems));
  return { kind, files, layers };
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

/** All files of variables in a folder and its folders, sorted by name. */
function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return holdsVariables(entry.name) ? [path] : [];
  });
}

/** `web.yml`, `web.json`, and `web` alone; a group may be called `example.org`. */
function extensionOf(name: string): string {
  return /\.(ya?ml|json)$/.exec(name)?.[0] ?? '';
}

function holdsVariables(name: string): boolean {
  return !/^\.|~$/.test(name) && (extensionOf(name) !== '' || !name.includes('.'));
}

export function entriesOf(folder: string) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
