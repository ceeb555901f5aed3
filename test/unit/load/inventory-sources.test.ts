import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Diagnostic, Problems, ProvisionError } from '../../../src/core/diagnostic.ts';
import { placeOf } from '../../../src/core/source.ts';
import { type Inventory, loadInventory } from '../../../src/load/inventory.ts';

interface Case {
  readonly it: string;
  readonly inventory?: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly executable?: readonly string[];
  readonly hosts?: Readonly<Record<string, unknown>>;
  readonly ssh?: Readonly<Record<string, unknown>>;
  readonly warns?: readonly string[];
  readonly tells?: readonly string[];
}

const cases = parse(readFileSync(new URL('cases/inventory-sources.yml', import.meta.url), 'utf8')) as readonly Case[];
const here = process.cwd();
afterEach(() => process.chdir(here));

it.each(cases)('$it', ({ inventory = [], files, executable = [], hosts, ssh, warns = [], tells = [] }) => {
  const folder = mkdtempSync(join(tmpdir(), 'provision-sources-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const path of executable) chmodSync(join(folder, path), 0o755);
  process.chdir(folder);
  const problems = new Problems();
  const loaded = loadInventory(inventory, { playbookFolders: [] }, problems);
  expect(mistakes(problems)).toEqual(tells);
  if (tells.length > 0) return;
  if (hosts) expect(variables(loaded)).toEqual(hosts);
  if (ssh) expect(Object.fromEntries([...loaded.hosts].map(([name, host]) => [name, host.ssh]))).toEqual(ssh);
  expect(problems.warnings.map(line)).toEqual(warns);
});

function mistakes(problems: Problems): readonly string[] {
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.diagnostics.map(line);
  }
}

function line({ at, code, message }: Diagnostic): string {
  return `${at ? placeOf(at) : '-'} ${code} ${message}`;
}

function variables({ hosts }: Inventory): object {
  const merged = [...hosts.values()].map(({ name, layers }) => [
    name,
    Object.assign({}, ...layers.map(({ values }) => values)),
  ]);
  return Object.fromEntries(merged);
}
