import { dirname, join } from 'node:path';
import type { Path, Span } from '../core/source.ts';
import { makeBlock } from './block.ts';
import { type IncludeKeywords, includeSchema } from './keywords.ts';
import { checkStatementKeys } from './module-key.ts';
import type { Block } from './playbook.ts';
import { readRole } from './role.ts';
import { readKeywords } from './statement.ts';
import type { Surroundings } from './surroundings.ts';
import { readTaskFile } from './task-file.ts';

/** `include:`, a file of tasks or a role. What it includes is known before the run; whether and how often is not. */
export function readInclude(
  raw: Readonly<Record<string, unknown>>,
  path: Path,
  surroundings: Surroundings,
): Block | undefined {
  const { document, play } = surroundings;
  const from = { schema: includeSchema, owner: 'an include', document, path, problems: play.problems };
  checkStatementKeys(raw, from, play.modules);
  const keywords = readKeywords(raw, from) as Partial<IncludeKeywords>;
  const { include } = keywords;
  if (include === undefined) return undefined;
  const at = document.locate([...path, 'include']);
  if (typeof include === 'object') {
    const { role: name, tasks_from: tasks } = include;
    if (!isStatic(name, at, surroundings) || !isStatic(tasks ?? '', at, surroundings)) return undefined;
    const named = { name: keywords.name ?? name, ...keywords };
    return readRole(named, { name, at, path, module: 'include', ...(tasks !== undefined && { tasks }) }, surroundings);
  }
  if (!isStatic(include, at, surroundings)) return undefined;
  const named = { name: include, ...keywords };
  return makeBlock(named, { module: 'include', origin: 'include vars', path }, surroundings, (inside) => {
    const near = join(dirname(document.source.name), include);
    const items = readTaskFile([near, join(play.playbook.folder, include)], at, inside);
    return { items: items ?? [] };
  });
}

/** Which file it is must be known before the run, or nothing in it could be checked. */
function isStatic(name: string, at: Span, { play }: Surroundings): boolean {
  if (!name.includes('<%')) return true;
  const help = 'write an include for each file, each with its own `when`; `vars` and `loop` may hold expressions';
  play.problems.add('PV1111', 'the name of what is included takes no expression', { at, help });
  return false;
}
