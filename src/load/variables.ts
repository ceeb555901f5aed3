import type { Located, Path, Span } from '../core/source.ts';

/** Variables that were written in one place. */
export interface VariableLayer {
  /** `group all`, `host alfa`, `play vars`, `--extra-vars`. */
  readonly origin: string;
  /** Raw: may hold `<%= %>`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where they stand; missing for values that nobody wrote. */
  readonly document?: Located;
  /** Of `values` in `document`. */
  readonly path: Path;
}

/** A variable as one layer has it. */
export interface FoundVariable {
  /** Raw. */
  readonly value: unknown;
  readonly layer: VariableLayer;
  /** Missing for a value that nobody wrote. */
  readonly at?: Span;
}

/** Every layer's word on a variable, the winner first. */
export function findVariables(layers: readonly VariableLayer[], name: string): FoundVariable[] {
  return layers
    .filter((layer) => Object.hasOwn(layer.values, name))
    .map((layer) => found(layer, name))
    .reverse();
}

/** The word of the strongest layer; layers stand weakest first. */
export function findVariable(layers: readonly VariableLayer[], name: string): FoundVariable | undefined {
  const layer = layers.findLast((candidate) => Object.hasOwn(candidate.values, name));
  return layer && found(layer, name);
}

/** Its value alone: finding the place takes longer than finding the value. */
export function rawValue(layers: readonly VariableLayer[], name: string): unknown {
  return layers.findLast((candidate) => Object.hasOwn(candidate.values, name))?.values[name];
}

function found(layer: VariableLayer, name: string): FoundVariable {
  const at = layer.document?.locate([...layer.path, name]);
  return { value: layer.values[name], layer, ...(at && { at }) };
}

/** Whether only a run can tell what the value is. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('<%');
}

export { parseExtraVars } from './extra-vars.ts';
