import type { Path } from '../core/source.ts';
import { type RoleKeywords, roleSchema } from './keywords.ts';
import { checkStatementKeys } from './module-key.ts';
import { isMap } from './plain-map.ts';
import type { Block } from './playbook.ts';
import { readRole } from './role.ts';
import { readKeywords } from './statement.ts';
import type { Surroundings } from './surroundings.ts';

/** An entry of `roles`: a name, or a map with `role`. */
export function readRoleEntry(raw: unknown, path: Path, surroundings: Surroundings): Block | undefined {
  const { document, play } = surroundings;
  if (typeof raw === 'string') {
    return readRole({ name: raw }, { name: raw, at: document.locate(path), path, module: 'role' }, surroundings);
  }
  if (!isMap(raw)) {
    const help = '- NAME, or - { role: NAME, vars: { … } }';
    play.problems.add('PV1101', 'a role is a name, or a map with `role`', { at: document.locate(path), help });
    return undefined;
  }
  const from = { schema: roleSchema, owner: 'a role', document, path, problems: play.problems };
  checkStatementKeys(raw, from, play.modules);
  const keywords = readKeywords(raw, from) as Partial<RoleKeywords>;
  if (keywords.role === undefined) return undefined;
  const use = { name: keywords.role, at: document.locate([...path, 'role']), path, module: 'role' };
  return readRole({ name: keywords.role, ...keywords }, use, surroundings);
}
