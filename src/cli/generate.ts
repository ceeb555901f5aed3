import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codes } from '../core/codes.ts';
import { keywordSchemas } from '../load/keyword-schemas.ts';
import { networkSchema } from '../load/network-schema.ts';
import { sshSchema } from '../load/ssh-settings.ts';
import { modules } from '../modules/registry.ts';
import { inventoryEditorSchema, playbookEditorSchema } from '../schema/editor-schema.ts';
import { referencePages } from '../schema/reference.ts';

const keywords = { ...keywordSchemas, ssh: sshSchema, network: networkSchema };

/** Everything that is made from the modules' own definitions: path from the project's root, and text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    ['schemas/playbook.json', json(playbookEditorSchema(modules, keywords))],
    ['schemas/inventory.json', json(inventoryEditorSchema(keywords))],
    ...referencePages(modules, keywords, codes).map((page): [string, string] => [
      `docs/reference/${page.file}`,
      page.text,
    ]),
  ]);
}

/** Writes them, and takes away the pages of modules that are no more. */
function writeAll(root: string): void {
  const files = generatedFiles();
  for (const folder of ['schemas', 'docs/reference']) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of readdirSync(join(root, folder))) {
      if (!files.has(`${folder}/${name}`)) rmSync(join(root, folder, name));
    }
  }
  for (const [path, text] of files) writeFileSync(join(root, path), text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeAll(process.cwd());
