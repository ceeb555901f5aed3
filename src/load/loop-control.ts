import type { Problems } from '../core/diagnostic.ts';
import type { Located, Path } from '../core/source.ts';
import type { ConditionalKeywords } from './keywords.ts';
import type { LoopControl, Statement } from './playbook.ts';
import { settingOf } from './setting.ts';
import { checkVariableName } from './variable-name.ts';

interface LoopPlace {
  readonly document: Located;
  readonly path: Path;
  readonly problems: Problems;
  /** Names that loops around have taken. */
  readonly given: readonly string[];
}

/** How a statement loops. */
export function readLoopControl(
  { loop, loop_control: said = {} }: Partial<ConditionalKeywords>,
  { document, path, problems, given }: LoopPlace,
): LoopControl {
  const at = (...inner: Path) => document.locate([...path, ...inner]);
  if (loop === undefined && Object.keys(said).length > 0) {
    const help = 'write `loop:` with its list beside it';
    problems.add('PV1113', '`loop_control` stands here without a `loop`', { at: at('loop_control'), help });
  }
  const names = (['loop_var', 'index_var'] as const).filter((key) => said[key] !== undefined);
  for (const key of names) {
    const name = said[key] ?? '';
    if (name !== 'item') checkVariableName(name, at('loop_control', key), problems);
  }
  const control = {
    loopVar: said.loop_var ?? 'item',
    ...(said.index_var !== undefined && { indexVar: said.index_var }),
    ...(said.label !== undefined && { label: said.label }),
    pause: settingOf(said.pause ?? 0, () => at('loop_control', 'pause')),
    parallel: settingOf(said.parallel ?? 1, () => at('loop_control', 'parallel')),
  };
  for (const name of loopNames({ loop, loopControl: control })) {
    if (!given.includes(name)) continue;
    problems.add('PV1113', `\`${name}\` is the item of a loop around this one already`, {
      at: at('loop'),
      help: 'give one of the two a name of its own: loop_control: { loop_var: NAME }',
    });
  }
  return control;
}

/** What the loop of a statement calls its item, and its number. */
export function loopNames({ loop, loopControl }: Pick<Statement, 'loop' | 'loopControl'>): readonly string[] {
  if (loop === undefined) return [];
  return loopControl.indexVar === undefined ? [loopControl.loopVar] : [loopControl.loopVar, loopControl.indexVar];
}
