import type { Step } from '../../core/plan.ts';
import type { Restorer } from '../restorer.ts';
import { unitKind } from '../unit-thing.ts';
import { control } from './control.ts';
import { readUnit, thingOf } from './unit-state.ts';

/** Whether a unit runs, and whether it starts at boot. */
export const systemdRestore: Restorer = {
  kind: unitKind,
  called: (unit) => unit,

  async read(unit, look) {
    const found = await readUnit(unit, look);
    const masked = found.load === 'masked' && { hindrance: () => 'it is masked' };
    return { thing: thingOf(unit, found), ...masked };
  },

  takesContent: () => false,

  plan({ name, state: was }, { state: now }) {
    return [
      ...(was?.boot === undefined || was.boot === now?.boot ? [] : [atBoot(name, was.boot === true)]),
      ...(was?.runs === now?.runs ? [] : power(name, was?.runs === true)),
    ];
  },
};

function atBoot(unit: string, wanted: boolean): Step {
  return {
    title: wanted ? `start ${unit} at boot again` : `no longer start ${unit} at boot`,
    effect: { kind: 'run', argv: ['systemctl', wanted ? 'enable' : 'disable', '--', unit] },
  };
}

function power(unit: string, wanted: boolean): readonly Step[] {
  if (!wanted) return [control('stop', `stop ${unit} again`, unit)];
  return [control('start', `start ${unit} again`, unit)];
}
