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

it('what takes long to load waits until it is wanted: most playbooks run without some of it', () => {
  const slow = ['acorn', 'ajv', 'ejs', 'listr2', 'ssh2', 'undici', '@xmldom/xmldom'];
  const users = ['render/syntax', 'render/program', 'schema/validate', 'report/choose', 'transport/connect'];
  const hasty = [...users, 'transport/http', 'modules/libvirt/xml'].flatMap((name) =>
    importedAtOnce(`src/${name}.ts`).filter((imported) => slow.includes(imported)),
  );
  expect(hasty).toEqual([]);
});

it('`provision --version` loads nothing but Node itself: each verb brings what it needs', () => {
  expect(importedAtOnce('src/cli/main.ts').filter((name) => !name.startsWith('node:'))).toEqual([]);
});
