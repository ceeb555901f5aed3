import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../src/cli/generate.ts';

const files = generatedFiles();

describe('generated files are what the modules say; `npm run generate` writes them', () => {
  it.each([...files])('%s', (path, text) => {
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe(text);
  });

  it('and there are no others', () => {
    const there = ['schemas', 'docs/reference'].flatMap((folder) =>
      readdirSync(folder).map((name) => `${folder}/${name}`),
    );
    expect(there.sort()).toEqual([...files.keys()].sort());
  });
});
