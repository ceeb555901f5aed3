import type { Problems } from '../core/diagnostic.ts';
import { checkVariableName } from './variable-name.ts';
import type { VariableLayer } from './variables.ts';

type Place = Required<Omit<VariableLayer, 'values'>>;

/** The layer of a `vars:` map. */
export function readVars(
  values: Readonly<Record<string, unknown>> | undefined,
  place: Place,
  problems: Problems,
): VariableLayer {
  if (!values) return { origin: place.origin, values: {}, path: [] };
  for (const name of Object.keys(values)) {
    checkVariableName(name, place.document.locate([...place.path, name], 'key'), problems);
  }
  return { ...place, values };
}
