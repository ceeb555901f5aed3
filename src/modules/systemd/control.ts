import type { Step } from '../../core/plan.ts';
import type { UnitState } from './unit-state.ts';

/** systemd starts nothing that failed too often, until it is told to forget. */
export function resetSteps(name: string, { active, result }: UnitState): Step[] {
  if (active !== 'failed' || result !== 'start-limit-hit') return [];
  const argv = ['systemctl', 'reset-failed', '--', name];
  return [{ title: `forget that ${name} failed too often`, effect: { kind: 'run', argv } }];
}

/** A failure of systemctl alone says nothing: the unit's last lines say why. */
const script =
  'systemctl "$1" -- "$2" || { status=$?; systemctl status --no-pager --full --lines=20 -- "$2" >&2; exit $status; }';

export function control(verb: 'start' | 'stop' | 'restart' | 'reload', title: string, name: string): Step {
  return { title, effect: { kind: 'run', argv: ['sh', '-c', script, 'systemctl', verb, name], lasting: true } };
}
