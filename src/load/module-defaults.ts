import type { Located, Path } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import { checkTemplated } from '../schema/check.ts';
import type { ModuleSchema } from '../schema/schema.ts';
import type { ModuleDefaults } from './inherited.ts';
import type { InheritedKeywords } from './keywords.ts';
import type { PlayParts } from './surroundings.ts';

interface Place {
  readonly document: Located;
  readonly path: Path;
  readonly play: PlayParts;
}

/** Unknown modules and arguments in `module_defaults`, where they stand; what is missing there may stand in the tasks. */
export function checkModuleDefaults(
  defaults: InheritedKeywords['module_defaults'],
  { document, path, play: { modules, problems } }: Place,
): void {
  for (const [name, args] of Object.entries(defaults ?? {})) {
    const below = [...path, 'module_defaults', name];
    const module = modules.get(name);
    if (!module) {
      const label = didYouMean(name, modules.keys());
      const at = document.locate(below, 'key');
      const help = 'provision doc lists the modules';
      problems.add('PV1201', `there is no module \`${name}\``, { at, ...(label && { label }), help });
      continue;
    }
    const locate = (inner: Path, part?: 'key' | 'value') => document.locate([...below, ...inner], part);
    for (const { code, message, argument: _, ...details } of checkTemplated(module, args, locate)) {
      if (code !== 'PV1203') problems.add(code, message, details);
    }
  }
}

/** The arguments of a task with those that it does not mention itself. */
export function withModuleDefaults(args: unknown, module: ModuleSchema, defaults: ModuleDefaults): unknown {
  const all = defaults.get(module.name);
  if (!all) return args;
  // Others are told where they stand.
  const known = Object.entries(all).filter(([name]) => Object.hasOwn(module.args.properties, name));
  const common = Object.fromEntries(known);
  if (args === undefined || args === null) return common;
  return typeof args === 'object' ? { ...common, ...args } : args;
}
