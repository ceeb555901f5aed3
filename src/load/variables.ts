import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';

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

/** The layers of `--extra-vars`: `name=value` (the value read as YAML) or `@file`. */
export function parseExtraVars(_texts: readonly string[], _problems: Problems): VariableLayer[] {
  return [];
}
