import type { Play, Statement } from '../load/playbook.ts';
import type { VariableLayer } from '../load/variables.ts';

export interface LayerSources {
  readonly play: Play;
  /** Of the inventory, for the host. */
  readonly host: readonly VariableLayer[];
  /** Answers to `vars_prompt`. */
  readonly prompted: readonly VariableLayer[];
}

/** The variables that a task or block sees on a host, weakest first: the same for the checks and for the run. */
export function layersOf(
  { defaults, layers }: Pick<Statement, 'defaults' | 'layers'>,
  { play, host, prompted }: LayerSources,
): readonly VariableLayer[] {
  return [...defaults, ...host, play.vars, ...prompted, ...play.varsFiles, ...layers];
}
