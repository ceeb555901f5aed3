import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** What a file imports before its first line runs; `import()` waits until it is wanted. */
function importedAtOnce(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023);
  return source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly;
    return isImport ? [(statement.moduleSpecifier as ts.StringLiteral).text] : [];
  });
}

it('`provision --version` loads nothing but Node itself: each verb brings what it needs', () => {
  expect(importedAtOnce('src/cli/main.ts').filter((name) => !name.startsWith('node:'))).toEqual([]);
});
