import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import type { Inherited } from './inherited.ts';
import type { Block, Item, Playbook, Task } from './playbook.ts';

/** What surrounds the statements of a list while it is read. */
export interface Surroundings {
  readonly document: Located;
  readonly inherited: Inherited;
  readonly within?: Block;
  /** Files that lead to this one by includes, absolute: none of them may come again. */
  readonly way: readonly string[];
  readonly play: PlayParts;
}

/** What is gathered of one play while it is read. */
export interface PlayParts {
  readonly playbook: Playbook;
  readonly modules: ReadonlyMap<string, ModuleSchema>;
  readonly problems: Problems;
  readonly tasks: Task[];
  readonly blocks: Block[];
  readonly handlers: Task[];
  /** Folders of roles whose handlers are there already. */
  readonly roles: Set<string>;
  /** What reads lists within lists. */
  readonly readItems: (raw: readonly unknown[], path: Path, surroundings: Surroundings) => Item[];
  readonly readHandlers: (raw: readonly unknown[], path: Path, surroundings: Surroundings) => void;
}
