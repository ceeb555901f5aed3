import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { modules } from '../../src/modules/registry.ts';
import { checkTemplated } from '../../src/schema/check.ts';
import { loadCases } from '../support/load-cases.ts';

const sources = new URL('../../src/modules/', import.meta.url).pathname;

function fileOf(name: string): string {
  return `${name.replace('.', '/').replaceAll('_', '-')}.ts`;
}

const cases = { plans: loadCases('plans'), reads: loadCases('reads') };

const named = modules.map((module) => [module.name as string, module] as const);

test('every file that defines a module is in the registry, under its own name', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.includes('/') && file.endsWith('.ts'))
    .filter((file) => /^export const \w+ = defineModule[(<]/m.test(readFileSync(`${sources}${file}`, 'utf8')));
  expect(files.sort()).toEqual(named.map(([name]) => fileOf(name)).sort());
});

test('the registry is in order and names nothing twice', () => {
  const names = named.map(([name]) => name);
  expect(names).toEqual([...new Set(names)].sort());
});

describe.each(named)('%s', (name, module) => {
  test('says in one sentence what it is', () => {
    expect(module.description).toMatch(/^[A-Z]\P{C}+\.$/u);
  });

  test('describes every argument in one line', () => {
    for (const [argument, schema] of Object.entries(module.args.properties)) {
      const { description } = schema as { readonly description?: unknown };
      expect(description, argument).toEqual(expect.stringMatching(/^\P{C}{4,}$/u));
      expect(argument).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });

  test('has examples that are right as they stand', () => {
    expect(module.examples.length).toBeGreaterThan(0);
    for (const example of module.examples) {
      const found = checkTemplated(module, parse(example) as unknown, () => undefined);
      expect(
        found.map(({ message }) => message),
        example,
      ).toEqual([]);
    }
  });

  test.each(['plans', 'reads'] as const)('has at least two cases under %s', (kind) => {
    expect(cases[kind].filter((item) => item.module === name).length).toBeGreaterThanOrEqual(2);
  });
});
