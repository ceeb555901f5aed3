import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { withSourcePlaces } from '../../../src/cli/stack-places.ts';

it('leads a stack from a built file back to the sources, and leaves other places as they are', () => {
  const folder = pathToFileURL(mkdtempSync(join(tmpdir(), 'stack-places-'))).href;
  // line 1 of the built file is line 1 of the source, line 2 is its line 4, column 3
  const map = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAAA;AAGE' };
  writeFileSync(new URL(`${folder}/part.js.map`), JSON.stringify(map));
  const stack = (place: string) => `Error: no\n    at run (${place})\n    at node:internal/process:1:2`;
  const source = new URL('../src/a.ts', `${folder}/part.js`).href;
  expect(withSourcePlaces(stack(`${folder}/part.js:2:1`))).toBe(stack(`${source}:4:3`));
  expect(withSourcePlaces(stack(`${folder}/other.js:2:1`))).toBe(stack(`${folder}/other.js:2:1`));
});
