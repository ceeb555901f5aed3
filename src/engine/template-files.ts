import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problems, problem } from '../core/diagnostic.ts';
import type { SourceText, Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { knownAs } from '../load/known-as.ts';
import { readSource } from '../load/read-source.ts';

/** A template file by the name that a task gives it; `at` is where it does. */
export function findTemplate(name: string, folders: readonly string[], at: Span): SourceText {
  const path = folders.map((folder) => resolve(folder, name)).find(isFile);
  const problems = new Problems();
  const source = path === undefined ? undefined : readSource(knownAs(path), problems, { at });
  problems.throwIfAny();
  if (source) return source;
  const label = suggestion(name, folders);
  throw problem('PV3101', `there is no template \`${name}\``, {
    at,
    help: `looked in ${folders.map(knownAs).join(', ')}`,
    ...(label !== undefined && { label }),
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function suggestion(name: string, folders: readonly string[]): string | undefined {
  const files = folders.flatMap((folder) => templatesIn(folder));
  return files.includes(`${name}.ejs`) ? `did you mean \`${name}.ejs\`?` : didYouMean(name, files);
}

/** Names of the templates in a folder and in those right below it. */
function templatesIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return readdirSync(join(folder, entry.name)).map((file) => `${entry.name}/${file}`);
  });
}
