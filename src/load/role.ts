import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Path, Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { makeBlock } from './block.ts';
import type { Inherited } from './inherited.ts';
import type { ConditionalKeywords } from './keywords.ts';
import { knownAs } from './known-as.ts';
import { isMap } from './plain-map.ts';
import type { Block } from './playbook.ts';
import { readSource } from './read-source.ts';
import type { Surroundings } from './surroundings.ts';
import { readListFile, readTaskFile } from './task-file.ts';
import { withRoleFolders } from './template-folders.ts';
import { readVarsFile } from './vars-file.ts';
import { parseYaml } from './yaml.ts';

interface RoleUse {
  readonly name: string;
  /** A file of its folder `tasks`. */
  readonly tasks?: string;
  /** Where it is asked for. */
  readonly at: Span;
  readonly path: Path;
  /** `role`, or `include`. */
  readonly module: string;
}

/** A role: a folder of tasks with their handlers, templates, variables and defaults. */
export function readRole(
  keywords: Partial<ConditionalKeywords>,
  { name, tasks = 'main.yml', at, path, module }: RoleUse,
  surroundings: Surroundings,
): Block | undefined {
  const { play } = surroundings;
  const role = findRole(name, at, surroundings);
  if (role === undefined) return undefined;
  refuseDependencies(role, surroundings);
  const own = { ...surroundings, inherited: withRole(role, surroundings) };
  return makeBlock(keywords, { module, origin: 'role vars', path }, own, (inside) => {
    if (!play.roles.has(role)) readRoleHandlers(role, inside);
    play.roles.add(role);
    const file = fileOf(role, 'tasks', tasks);
    if (file === undefined && tasks === 'main.yml') return { items: [] };
    return { items: readTaskFile([file ?? join(role, 'tasks', tasks)], at, inside) ?? [] };
  });
}

function findRole(name: string, at: Span, { play: { playbook, problems } }: Surroundings): string | undefined {
  const places = [join(playbook.folder, 'roles'), resolve(playbook.folder, '..', 'roles')];
  const found = places.map((place) => join(place, name)).find(isFolder);
  if (found !== undefined) return found;
  const label = didYouMean(
    name,
    places.filter(isFolder).flatMap((place) => readdirSync(place)),
  );
  const help = `looked in ${places.map(knownAs).join(', ')}`;
  problems.add('PV1114', `there is no role \`${name}\``, { at, ...(label && { label }), help });
  return undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** `main.yml` may end in `.yaml` too. */
function fileOf(role: string, folder: string, name = 'main.yml'): string | undefined {
  const path = join(role, folder, name);
  return [path, path.replace(/\.yml$/, '.yaml')].find((file) => existsSync(file));
}

/** What its files of variables and its templates add: for its own tasks, not for others of the play. */
function withRole(role: string, { inherited, play: { problems } }: Surroundings): Inherited {
  const read = (folder: string) => {
    const file = fileOf(role, folder);
    return file === undefined ? [] : [readVarsFile(file, problems)].filter((layer) => layer !== undefined);
  };
  return {
    ...inherited,
    defaults: [...inherited.defaults, ...read('defaults')],
    layers: [...inherited.layers, ...read('vars')],
    templateFolders: withRoleFolders(role, inherited.templateFolders),
  };
}

/** They belong to the play: any of its tasks may notify them. They run outside the loops and blocks around the role. */
function readRoleHandlers(role: string, inside: Surroundings): void {
  const file = fileOf(role, 'handlers');
  if (file === undefined) return;
  const { within: _within, ...surroundings } = inside;
  const inherited = { ...inside.inherited, given: [], notify: [] };
  const found = readListFile(file, inside);
  if (found) inside.play.readHandlers(found.tasks, [], { ...surroundings, inherited, document: found.document });
}

/** Ansible would run other roles first; here the order stands in the play. */
function refuseDependencies(role: string, { play: { problems } }: Surroundings): void {
  const file = fileOf(role, 'meta');
  const source = file === undefined ? undefined : readSource(knownAs(file), problems);
  const document = source && parseYaml(source, problems);
  const dependencies = isMap(document?.value) ? document.value.dependencies : undefined;
  if (!document || !Array.isArray(dependencies) || dependencies.length === 0) return;
  problems.add('PV1114', 'a role does not bring other roles along', {
    at: document.locate(['dependencies']),
    help: 'name them in `roles` of the play, before this one, and take `dependencies` out',
  });
}
