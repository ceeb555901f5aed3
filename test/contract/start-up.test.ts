import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What a file imports before its first line runs; `import()` waits until it is wanted. */
function importedAtOnce(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023);
  return source.statements.flatMap((statement) => {
    const isImport = ts.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly;
    return isImport ? [(statement.moduleSpecifier as ts.StringLiteral).text] : [];
  });
}

it('what takes long to load waits until it is wanted: most playbooks run without some of it', () => {
  const slow = ['acorn', 'age-encryption', 'ajv', 'ejs', 'listr2', 'ssh2', 'undici', '@xmldom/xmldom'];
  const users = [
    'render/syntax',
    'render/program',
    'schema/validate',
    'load/secret-box',
    'report/choose',
    'transport/connect',
  ];
  const hasty = [...users, 'transport/http', 'modules/libvirt/xml'].flatMap((name) =>
    importedAtOnce(`src/${name}.ts`).filter((imported) => slow.includes(imported)),
  );
  expect(hasty).toEqual([]);
});

/** All that a file loads before its first line runs, through other files of ours. */
function loadedAtOnce(file: string): readonly string[] {
  return importedAtOnce(file).flatMap((name) =>
    name.startsWith('.') ? loadedAtOnce(join(dirname(file), name)) : name,
  );
}

it('`provision --version` loads nothing but Node itself: each verb brings what it needs', () => {
  expect(loadedAtOnce('src/cli/main.ts').filter((name) => !name.startsWith('node:'))).toEqual([]);
});

describe('the built program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provision-built-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** `provision WORDS…` as it is installed, and what is kept of the compiled code afterwards. */
  function provision(...words: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'dist/cli/main.js'), ...words], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { exit: status, stdout, stderr, kept: readdirSync(join(folder, 'dist/cli')).filter(isKept) };
  }

  const isKept = (name: string): boolean => name.endsWith('.v8');

  beforeAll(() => {
    for (const name of ['src', 'node_modules', 'tsconfig.json']) symlinkSync(resolve(name), join(folder, name));
    cpSync('package.json', join(folder, 'package.json'));
    const { status, stderr } = spawnSync(process.execPath, ['src/build.mjs'], { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // What is loaded late is part of the file, too.
    rmSync(join(folder, 'node_modules'));
    // A build takes its time on a busy machine.
  }, 120_000);

  it('answers `--version` and `--help` without the program', () => {
    expect(provision('--version')).toMatchObject({ exit: 0, kept: [] });
    expect(provision('--help')).toMatchObject({ exit: 0, kept: [] });
  });

  it('keeps what V8 made of a verb, and runs as well from it, and from what does not fit', () => {
    const first = provision('doc', 'file.line');
    expect(first).toMatchObject({ exit: 0, stderr: '', kept: [expect.stringMatching(/^program-\w+\.doc\.v8$/)] });
    expect(provision('doc', 'file.line')).toEqual(first);
    const kept = join(folder, 'dist/cli', String(first.kept[0]));
    const good = readFileSync(kept);
    writeFileSync(kept, 'not made by V8');
    expect(provision('doc', 'file.line')).toEqual(first);
    expect(readFileSync(kept).length).toBeGreaterThan(good.length / 2);
  });

  it('has all that checks files in it', () => {
    const tasks = ['{ path: /a, lin: b }', '{ path: /a, line: "<%= x + %>" }'].map(
      (args) => `    - file.line: ${args}\n`,
    );
    writeFileSync(join(folder, 'bad.yml'), `- hosts: all\n  tasks:\n${tasks.join('')}`);
    writeFileSync(join(folder, 'hosts.yml'), 'all: { hosts: { alfa: } }\n');
    const { exit, stderr } = provision('validate', 'bad.yml', '-i', 'hosts.yml');
    expect(exit).toBe(1);
    expect(stderr.match(/PV\d+/g)).toEqual(['PV1204', 'PV3003']);
  });
});
