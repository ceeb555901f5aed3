import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Imports that must not be, and the rule that has to object. */
const planted: readonly (readonly [file: string, imports: string, rule: string])[] = [
  ['src/core/planted.ts', '../load/target.ts', 'layer-core'],
  ['src/schema/planted.ts', '../modules/registry.ts', 'layer-schema'],
  ['src/load/planted.ts', '../render/target.ts', 'layer-load'],
  ['src/render/planted.ts', '../load/target.ts', 'layer-render'],
  ['src/transport/planted.ts', '../engine/target.ts', 'layer-transport'],
  ['src/report/planted.ts', '../engine/target.ts', 'layer-report'],
  ['src/installer/planted.ts', '../modules/registry.ts', 'layer-installer'],
  ['src/modules/file/planted.ts', '../../render/target.ts', 'layer-modules'],
  ['src/lab/planted.ts', '../engine/target.ts', 'layer-lab'],
  ['src/engine/planted.ts', '../report/target.ts', 'layer-engine'],
  ['src/modules/file/family.ts', '../apt/target.ts', 'module-families-apart'],
  ['src/modules/file/list.ts', '../registry.ts', 'modules-do-not-know-the-registry'],
  ['src/engine/check.ts', 'ajv', 'vendor-only-in-schema'],
  ['src/load/expression.ts', 'ejs', 'vendor-only-in-render'],
  ['src/modules/http/fetch.ts', 'undici', 'vendor-only-in-transport'],
  ['src/cli/tree.ts', 'listr2', 'vendor-only-in-report'],
  ['src/core/test.ts', 'vitest', 'no-development-dependency'],
  ['src/core/one.ts', './two.ts', 'no-circle'],
  ['bench/planted.ts', '../src/engine/target.ts', 'bench-measures-from-outside'],
  ['src/core/bench.ts', '../../bench/target.ts', 'nothing-needs-the-bench'],
];

const allowed: readonly (readonly [file: string, imports: string])[] = [
  ['src/engine/allowed.ts', '../render/target.ts'],
  ['src/cli/allowed.ts', '../report/target.ts'],
  ['src/modules/file/allowed.ts', '../shared.ts'],
  ['src/schema/allowed.ts', 'ajv'],
  ['bench/allowed.ts', '../src/lab/target.ts'],
];

/** The other half of the circle, which is told once. */
const circle = ['src/core/two.ts', './one.ts'] as const;

const targets = [
  ...['load', 'render', 'engine', 'report', 'lab', 'modules/apt'].map((folder) => `src/${folder}/target.ts`),
  ...['src/modules/registry.ts', 'src/modules/shared.ts', 'bench/target.ts'],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the layer checker', () => {
  let folder: string;
  let violations: readonly Violation[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-layers-'));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(file, join(folder, file));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    for (const file of targets) write(file, 'export const target = 1;\n');
    for (const [file, imports] of [...planted, ...allowed, circle]) write(file, `import '${imports}';\n`);
    const cruise = resolve('node_modules/.bin/depcruise');
    const { stdout } = spawnSync(
      cruise,
      ['src', 'bench', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      },
    );
    violations = JSON.parse(stdout).summary.violations;
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  const rulesFor = (file: string): string[] =>
    violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);

  it.each(planted)('objects when %s imports %s: %s', (file, _imports, rule) => {
    expect(rulesFor(file)).toContain(rule);
  });

  it.each(allowed)('lets %s import %s', (file) => {
    expect(rulesFor(file)).toEqual([]);
  });
});
