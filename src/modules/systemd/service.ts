import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { control, resetSteps } from './control.ts';
import { readUnit, thingOf, type UnitState } from './unit-state.ts';

export const systemdService = defineModule({
  name: 'systemd.service',
  description: 'A unit of systemd: whether it runs now, and whether it starts at boot.',
  args: args({
    unit: Type.String({
      pattern: '^[A-Za-z0-9:_.@\\\\-]+$',
      description: 'the unit; without an ending such as .socket or .timer it is a service',
    }),
    state: Type.Optional(
      oneOf(['running', 'stopped', 'restarted', 'reloaded'], {
        description: 'restarted and reloaded act on every run, so they belong into handlers',
      }),
    ),
    enabled: Type.Optional(Type.Boolean({ description: 'whether it starts at boot' })),
    daemon_reload: Type.Boolean({
      default: true,
      description: 'let systemd read its unit files again first, if those of this unit have changed',
    }),
  }),
  examples: ['unit: libvirtd\nstate: running\nenabled: true', 'unit: isc-dhcp-server\nstate: restarted'],

  read: ({ unit }, look) => readUnit(fullName(unit), look),

  things({ unit, state }, current) {
    const thing = thingOf(fullName(unit), current);
    return [state === 'restarted' || state === 'reloaded' ? { ...thing, again: state } : thing];
  },

  plan({ unit, state, enabled, daemon_reload }, current): readonly Step[] {
    const name = fullName(unit);
    if (!current || current.load === 'not-found') {
      if (state !== undefined && state !== 'stopped') throw notThere(name);
      if (enabled) throw notThere(name);
      return [];
    }
    const reload: Step[] =
      daemon_reload && current.needsDaemonReload
        ? [
            {
              title: 'let systemd read its unit files again',
              effect: { kind: 'run', argv: ['systemctl', 'daemon-reload'] },
            },
          ]
        : [];
    return [...reload, ...bootSteps(name, enabled, current), ...stateSteps(name, state, current)];
  },
});

function fullName(unit: string): string {
  return /\.(service|socket|timer|target|path|mount|automount|swap|slice|scope|device)$/.test(unit)
    ? unit
    : `${unit}.service`;
}

const startsAtBoot = new Set(['enabled', 'alias', 'static', 'indirect', 'generated']);
const neverAtBoot = new Set(['disabled', 'masked', 'masked-runtime', 'static', 'indirect', 'transient', '']);

function bootSteps(name: string, enabled: boolean | undefined, { file }: UnitState): Step[] {
  if (enabled === true && !startsAtBoot.has(file)) {
    if (file.startsWith('masked')) throw masked(name);
    return [{ title: `start ${name} at boot`, effect: { kind: 'run', argv: ['systemctl', 'enable', '--', name] } }];
  }
  if (enabled === false && !neverAtBoot.has(file)) {
    return [
      { title: `do not start ${name} at boot`, effect: { kind: 'run', argv: ['systemctl', 'disable', '--', name] } },
    ];
  }
  return [];
}

function stateSteps(
  name: string,
  state: 'running' | 'stopped' | 'restarted' | 'reloaded' | undefined,
  unit: UnitState,
): Step[] {
  const up = unit.active === 'active' || unit.active === 'reloading';
  if (state === undefined) return [];
  if (state === 'stopped') {
    const down = unit.active === 'inactive' || unit.active === 'failed';
    return down ? [] : [control('stop', `stop ${name}`, name)];
  }
  if (unit.load === 'masked') throw masked(name);
  if (state === 'running') return up ? [] : startSteps(name, unit);
  if (state === 'reloaded' && !up) return startSteps(name, unit);
  if (state === 'reloaded' && !unit.canReload) throw cannotReload(name);
  const everyRun = `the task asks for ${name} to be ${state}`;
  return state === 'reloaded'
    ? [{ ...control('reload', `reload ${name}`, name), everyRun }]
    : [...resetSteps(name, unit), { ...control('restart', `restart ${name}`, name), everyRun }];
}

function startSteps(name: string, unit: UnitState): Step[] {
  if (unit.type === 'oneshot' && !unit.remainsAfterExit) throw runsOnce(name);
  const why = unit.active === 'failed' ? ' (it had failed)' : '';
  return [...resetSteps(name, unit), control('start', `start ${name}${why}`, name)];
}

function notThere(name: string): Error {
  const help = 'the package that brings it may be missing, or the name is another one: systemctl list-unit-files';
  return problem('PV5110', `there is no unit ${name} on this host`, { argument: ['unit'], help });
}

function masked(name: string): Error {
  return problem('PV5110', `${name} is masked: it can be neither started nor enabled`, {
    argument: ['unit'],
    help: `systemctl unmask ${name}`,
  });
}

function cannotReload(name: string): Error {
  return problem('PV5110', `${name} has no way to reload`, { argument: ['state'], help: 'use `state: restarted`' });
}

function runsOnce(name: string): Error {
  return problem('PV5110', `${name} runs once and ends, so it cannot be kept running`, {
    argument: ['state'],
    help: 'use `state: restarted` to run it now, or `enabled: true` to run it at boot',
  });
}
