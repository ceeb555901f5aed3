import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

function fastest(argv: readonly string[]): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, argv, { stdio: 'ignore' });
    return performance.now() - start;
  });
  return Math.min(...times);
}

it('`provision --version` takes no more than two and a half times what an empty program takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provision-start-'));
  mkdirSync(join(folder, 'dist/cli'), { recursive: true });
  cpSync('package.json', join(folder, 'package.json'));
  const { outputText } = ts.transpileModule(readFileSync('src/cli/main.ts', 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const main = join(folder, 'dist/cli/main.js');
  writeFileSync(main, outputText);
  const ratio = fastest([main, '--version']) / fastest(['-e', '0']);
  rmSync(folder, { recursive: true });
  expect(ratio).toBeLessThan(2.5);
});
