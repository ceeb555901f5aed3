import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import { type ImportKeywords, importSchema } from './keywords.ts';
import { knownAs } from './known-as.ts';
import { checkStatementKeys } from './module-key.ts';
import { isMap } from './plain-map.ts';
import { readPlay } from './play.ts';
import type { Play, Playbook } from './playbook.ts';
import { readSource } from './read-source.ts';
import { readKeywords } from './statement.ts';
import { parseYaml } from './yaml.ts';

/** A playbook while it is read, and what leads to it. */
export interface PlaybookReading {
  readonly document: Located;
  readonly playbook: Playbook;
  readonly modules: ReadonlyMap<string, ModuleSchema>;
  readonly problems: Problems;
  /** The `import_playbook` entries that lead to this file, outermost first. */
  readonly imports: readonly PlaybookImport[];
}

/** One `import_playbook` with what it says of the plays behind it. */
export interface PlaybookImport {
  readonly keywords: ImportKeywords;
  readonly document: Located;
  readonly path: Path;
  /** Absolute, of the file that it stands in. */
  readonly file: string;
}

/** All plays of a playbook, those of imported ones in the place of the import; `undefined`: it is no list of plays. */
export function readPlays(reading: PlaybookReading): Play[] | undefined {
  const { document, problems } = reading;
  const raw = document.value;
  if (!Array.isArray(raw) || raw.length === 0) {
    const message = raw === null ? 'this playbook is empty' : 'a playbook is a list of plays';
    problems.add('PV1101', message, { at: document.locate([]), help: 'begin with `- hosts: all` and `tasks:`' });
    return undefined;
  }
  return raw.flatMap((item, index) => {
    if (isMap(item) && Object.hasOwn(item, 'import_playbook')) return readImport(item, [index], reading);
    return readPlay(item, [index], reading) ?? [];
  });
}

function readImport(raw: Readonly<Record<string, unknown>>, path: Path, reading: PlaybookReading): readonly Play[] {
  const { document, problems } = reading;
  const from = { schema: importSchema, owner: 'an import', document, path, problems };
  checkStatementKeys(raw, from, new Map());
  const keywords = readKeywords(raw, from) as Partial<ImportKeywords>;
  if (keywords.import_playbook === undefined) return [];
  const at = document.locate([...path, 'import_playbook']);
  const file = join(dirname(document.source.name), keywords.import_playbook);
  if (!existsSync(file)) {
    problems.add('PV1111', 'there is no such file', { at, help: `looked for ${knownAs(file)}` });
    return [];
  }
  const here = resolve(document.source.name);
  const way = [...reading.imports.map((one) => one.file), here];
  if (way.includes(resolve(file))) {
    const circle = [...way.slice(way.indexOf(resolve(file))), file].map(knownAs).join(' → ');
    const help = 'take one `import_playbook` of the circle out';
    problems.add('PV1112', `playbooks import each other: ${circle}`, { at, help });
    return [];
  }
  const source = readSource(knownAs(file), problems, { at });
  const imported = source && parseYaml(source, problems);
  if (!imported) return [];
  const one = { keywords: { ...keywords, import_playbook: keywords.import_playbook }, document, path, file: here };
  const playbook = { name: source.name, folder: dirname(resolve(file)), plays: [] };
  return readPlays({ ...reading, document: imported, playbook, imports: [...reading.imports, one] }) ?? [];
}
