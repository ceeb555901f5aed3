import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Located, Span } from '../core/source.ts';
import { knownAs } from './known-as.ts';
import { isMap } from './plain-map.ts';
import type { Item } from './playbook.ts';
import { readSource } from './read-source.ts';
import type { Surroundings } from './surroundings.ts';
import { parseYaml } from './yaml.ts';

/** The tasks of the first of some files that there is. `at`: where it is asked for. */
export function readTaskFile(candidates: readonly string[], at: Span, surroundings: Surroundings): Item[] | undefined {
  const { problems } = surroundings.play;
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    const looked = [...new Set(candidates.map(knownAs))].join(', ');
    problems.add('PV1111', 'there is no such file', { at, help: `looked for ${looked}` });
    return undefined;
  }
  const absolute = resolve(file);
  if (surroundings.way.includes(absolute)) {
    const way = [...surroundings.way.slice(surroundings.way.indexOf(absolute)), absolute].map(knownAs);
    const help = 'take one `include` of the circle out';
    problems.add('PV1112', `files include each other: ${way.join(' → ')}`, { at, help });
    return undefined;
  }
  const found = readListFile(file, surroundings, at);
  if (!found) return undefined;
  const { document, tasks } = found;
  return surroundings.play.readItems(tasks, [], { ...surroundings, document, way: [...surroundings.way, absolute] });
}

/** A file that is a list of tasks or handlers; an empty one is a list of none. */
export function readListFile(
  file: string,
  surroundings: Surroundings,
  at?: Span,
): { readonly document: Located; readonly tasks: readonly unknown[] } | undefined {
  const { problems } = surroundings.play;
  const source = readSource(knownAs(file), problems, { at });
  const document = source && parseYaml(source, problems);
  if (!document || !isTaskList(document, surroundings)) return undefined;
  return { document, tasks: (document.value ?? []) as readonly unknown[] };
}

function isTaskList({ value, locate }: Located, { play }: Surroundings): boolean {
  const isPlaybook = Array.isArray(value) && value.some((item) => isMap(item) && Object.hasOwn(item, 'hosts'));
  if (isPlaybook) {
    const help = 'use `- import_playbook: FILE` in the place of a play';
    play.problems.add('PV1101', 'this is a playbook; what is included is a list of tasks', { at: locate([]), help });
    return false;
  }
  if (value === null || value === undefined || Array.isArray(value)) return true;
  const help = 'begin with `- family.name:`; variables belong into `vars_files`';
  play.problems.add('PV1101', 'a file that is included is a list of tasks', { at: locate([]), help });
  return false;
}
