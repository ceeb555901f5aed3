import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { knownAs } from './known-as.ts';
import { isMap } from './plain-map.ts';
import { readSource } from './read-source.ts';
import type { VariableLayer } from './variables.ts';
import { readVars } from './vars.ts';
import { parseYaml } from './yaml.ts';

/** The variables of a file. `at`: where it is asked for. */
export function readVarsFile(file: string, problems: Problems, at?: Span): VariableLayer | undefined {
  const source = readSource(knownAs(file), problems, { at });
  const document = source && parseYaml(source, problems);
  if (!document) return undefined;
  const values = document.value ?? {};
  if (!isMap(values)) {
    const help = 'write NAME: VALUE, one below the other';
    problems.add('PV1101', 'a file of variables is a map', { at: document.locate([]), help });
    return undefined;
  }
  return readVars(values, { origin: source.name, document, path: [] }, problems);
}
