import type { Look } from '../../core/plan.ts';
import type { Thing } from '../../core/thing.ts';
import { unitThing } from '../unit-thing.ts';

/** What systemd says of a unit, in its own words. */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, … */
  readonly load: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string;
  /** `enabled`, `disabled`, `static`, …; for a SysV script what its own tool says. */
  readonly file: string;
  readonly type: string;
  readonly remainsAfterExit: boolean;
  readonly canReload: boolean;
  readonly needsDaemonReload: boolean;
  /** Why it failed: `exit-code`, `start-limit-hit`, … */
  readonly result: string;
}

const properties = [
  'LoadState',
  'ActiveState',
  'UnitFileState',
  'Type',
  'RemainAfterExit',
  'CanReload',
  'NeedDaemonReload',
  'Result',
];

export async function readUnit(unit: string, look: Look): Promise<UnitState> {
  const { stdout } = await look.query(['systemctl', 'show', `--property=${properties.join(',')}`, '--', unit]);
  const values = new Map(stdout.split('\n').map((line) => splitAt(line, line.indexOf('='))));
  const value = (name: string): string => values.get(name) ?? '';
  const file = value('UnitFileState');
  return {
    load: value('LoadState'),
    active: value('ActiveState'),
    file: file === 'generated' ? await readScript(unit, look) : file,
    type: value('Type'),
    remainsAfterExit: value('RemainAfterExit') === 'yes',
    canReload: value('CanReload') === 'yes',
    needsDaemonReload: value('NeedDaemonReload') === 'yes',
    result: value('Result'),
  };
}

/** A unit made from a SysV script is `generated` whether or not it starts at boot; `is-enabled` asks the script's tool. */
async function readScript(unit: string, look: Look): Promise<string> {
  const { stdout } = await look.query(['systemctl', 'is-enabled', '--', unit], { exits: [0, 1] });
  return stdout.trim() || 'generated';
}

/** One on its way counts as what it becomes. */
export function thingOf(name: string, unit: UnitState | undefined): Thing {
  const runs = ['active', 'reloading', 'activating'].includes(unit?.active ?? '');
  return unitThing(name, { runs, boot: /^(enabled|alias)/.test(unit?.file ?? '') });
}

function splitAt(line: string, index: number): [string, string] {
  return index < 0 ? [line, ''] : [line.slice(0, index), line.slice(index + 1)];
}
