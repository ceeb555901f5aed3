import type { Command } from '../contenders/contenders.ts';
import type { Rig } from '../rig/rig.ts';
import type { Phase } from '../row.ts';

/** Something to measure, and who can do it. */
export interface Work {
  readonly contenders: readonly string[];
  readonly phases: readonly Phase[];
  /** Writes what the contenders need. */
  prepare(hosts: number, rig: Rig): Promise<void>;
  command(contender: string): Command;
  /** Undoes what earlier runs have done. */
  reset?(rig: Rig, hosts: number): Promise<void>;
  /** What the run has left behind, as one word. Throws where that is not what it should be. */
  verify?(rig: Rig, hosts: number): Promise<string>;
}
