import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Problems } from '../../../src/core/diagnostic.ts';
import { loadInventory } from '../../../src/load/inventory.ts';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { parseExtraVars } from '../../../src/load/variables.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { sampleModules } from './sample-modules.ts';
import { type Told, tell } from './told.ts';

interface Case {
  readonly it: string;
  readonly text: string;
  /** Nothing: the text is good. */
  readonly tells?: readonly Told[];
}

const folder = mkdtempSync(join(tmpdir(), 'provision-cases-'));

function fileWith(text: string): string {
  const file = join(folder, 'case.yml');
  writeFileSync(file, text);
  return file;
}

/** What reads the text of each file of cases. */
const readers: Readonly<Record<string, (text: string, problems: Problems) => unknown>> = {
  yaml: (text, problems) => parseYaml({ name: 'case.yml', text }, problems),
  playbook: (text, problems) => loadPlaybook(fileWith(text), sampleModules, problems),
  inventory: (text, problems) => loadInventory(fileWith(text), { playbookFolders: [] }, problems),
  'extra-vars': (text, problems) => parseExtraVars([text], problems),
};

describe.each(Object.entries(readers))('mistakes in %s', (name, read) => {
  const cases = parse(readFileSync(new URL(`cases/${name}.yml`, import.meta.url), 'utf8')) as readonly Case[];

  it.each(cases)('$it', ({ text, tells }) => {
    const told = JSON.stringify(tell((problems) => read(text, problems)));
    const above = new RegExp(`${dirname(folder)}(?=/|,|")`, 'g');
    expect(JSON.parse(told.replaceAll(folder, 'FOLDER').replaceAll(above, 'FOLDER/..'))).toEqual(tells ?? []);
  });
});
