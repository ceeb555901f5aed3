import { assertThat } from './assert/that.ts';
import type { AnyModule } from './module.ts';

/** Every module there is. */
export const modules: readonly AnyModule[] = [assertThat];

const byName = new Map(modules.map((module) => [module.name as string, module]));

export function findModule(name: string): AnyModule | undefined {
  return byName.get(name);
}
