import { figure, perFurtherHost, ratio, type Series, serialTrips } from '../figures.ts';
import type { Phase, Row, WorkName } from '../row.ts';

/** One figure that was set as a goal, and what was measured. */
export interface Target {
  readonly what: string;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly measured: number | undefined;
}

export function isMet({ measured, atMost = Infinity, atLeast = -Infinity }: Target): boolean | undefined {
  return measured === undefined ? undefined : measured <= atMost && measured >= atLeast;
}

type Limit = Pick<Target, 'atMost' | 'atLeast'>;

/** All goals, whether measured or not. */
export function targets(rows: readonly Row[]): readonly Target[] {
  return [
    ...oneHost(rows, 'nochange', { sketch: 1.5, near: 50, mitogen: 15 }),
    ...oneHost(rows, 'converge', { sketch: 2, near: 30, mitogen: 10 }),
    ...manyHosts(rows),
    ...[0, 10, 40].map((rtt) => slower(rows, of('w2', 'nochange', 1, rtt), ['pipe', { atMost: 1.5 }])),
    ...trips(rows),
    ...perHost(rows),
    ...startUp(rows),
    ...memory(rows),
  ];
}

function of(work: WorkName, phase: Phase, hosts: number, rtt: number): Series {
  return { contender: 'provision', work, phase, hosts, rtt };
}

function placeText({ work, phase, hosts, rtt }: Series): string {
  const where = `${hosts} ${hosts === 1 ? 'host' : 'hosts'}, ${rtt} ms`;
  return `${work.toUpperCase()} ${work === 'w1' ? `${phaseText(phase)}, ` : ''}${where}`;
}

export function phaseText(phase: Phase): string {
  return phase === 'nochange' ? 'no change' : phase;
}

type Compared = readonly [other: string, limit: Limit];

function slower(rows: readonly Row[], series: Series, [other, limit]: Compared): Target {
  const what = `${placeText(series)}: time, in times of ${other}`;
  return { what, unit: '×', ...limit, measured: ratio(rows, series, other) };
}

function faster(rows: readonly Row[], series: Series, [other, limit]: Compared): Target {
  const times = ratio(rows, series, other);
  const what = `${placeText(series)}: times faster than ${other}`;
  return { what, unit: '×', ...limit, measured: times === undefined ? undefined : 1 / times };
}

interface OneHostGoals {
  readonly sketch: number;
  /** Against Ansible tuned without a round trip to speak of; 30 with one of 40 ms. */
  readonly near: number;
  readonly mitogen: number;
}

function oneHost(rows: readonly Row[], phase: Phase, goals: OneHostGoals): readonly Target[] {
  const at = (rtt: number) => of('w1', phase, 1, rtt);
  return [
    ...[0, 10, 40].map((rtt) => slower(rows, at(rtt), ['sketch', { atMost: goals.sketch }])),
    faster(rows, at(0), ['ansible_tuned', { atLeast: goals.near }]),
    faster(rows, at(40), ['ansible_tuned', { atLeast: 30 }]),
    ...[0, 10, 40].map((rtt) => faster(rows, at(rtt), ['mitogen', { atLeast: goals.mitogen }])),
  ];
}

function manyHosts(rows: readonly Row[]): readonly Target[] {
  const cells = [10, 50].flatMap((hosts) => [0, 10, 40].map((rtt) => [hosts, rtt] as const));
  return (['nochange', 'converge'] as const).flatMap((phase) =>
    cells.flatMap(([hosts, rtt]) => {
      const series = of('w1', phase, hosts, rtt);
      return [
        slower(rows, series, ['sketch', { atMost: 2 }]),
        slower(rows, series, ['floor', { atMost: 1 }]),
        faster(rows, series, ['mitogen', { atLeast: phase === 'nochange' ? 40 : 20 }]),
      ];
    }),
  );
}

function trips(rows: readonly Row[]): readonly Target[] {
  const goal = (phase: Phase, atMost: number): Target => ({
    what: `W1 ${phaseText(phase)}, 1 host: serial round trips, login included`,
    unit: '',
    atMost,
    measured: serialTrips(rows, of('w1', phase, 1, 0)),
  });
  return [goal('nochange', 14), goal('converge', 18)];
}

function perHost(rows: readonly Row[]): readonly Target[] {
  const largest = (measure: 'logins' | 'channels'): number | undefined => {
    const own = rows.filter(({ contender, work }) => contender === 'provision' && (work === 'w1' || work === 'w2'));
    return own.length > 0 ? Math.max(...own.map((row) => row[measure])) : undefined;
  };
  const sent = figure(rows, of('w1', 'nochange', 1, 0), 'bytes_out');
  const cpu = perFurtherHost(rows, of('w1', 'nochange', 1, 0), { measure: 'cpu_controller', from: 1 });
  return [
    { what: 'logins per host, the most of all runs', unit: '', atMost: 1, measured: largest('logins') },
    { what: 'channels per host, the most of all runs', unit: '', atMost: 2, measured: largest('channels') },
    { what: 'W1 no change: sent per host', unit: ' KB', atMost: 10, measured: sent && sent / 1000 },
    {
      what: 'W1 no change: CPU of the controller per further host, from 1 to 50',
      unit: ' ms',
      atMost: 25,
      measured: cpu && cpu * 1000,
    },
  ];
}

function startUp(rows: readonly Row[]): readonly Target[] {
  const node = 'node -e 0';
  const goal = (contender: string, atMost: number): Target => ({
    what: `start-up: ${contender}, in times of ${node}`,
    unit: '×',
    atMost,
    measured: ratio(rows, { ...of('startup', 'run', 0, 0), contender }, node),
  });
  return [goal('provision --version', 1.5), goal('empty playbook', 3)];
}

function memory(rows: readonly Row[]): readonly Target[] {
  const further = perFurtherHost(rows, of('w1', 'nochange', 10, 0), { measure: 'pss_mb', from: 10 });
  return [
    ...(['nochange', 'converge'] as const).map((phase) => ({
      what: `W1 ${phaseText(phase)}: memory for 50 hosts`,
      unit: ' MB',
      atMost: 100,
      measured: figure(rows, of('w1', phase, 50, 0), 'pss_mb'),
    })),
    {
      what: 'W1 no change: memory per further host, from 10 to 50',
      unit: ' KB',
      atMost: 300,
      measured: further && further * 1000,
    },
  ];
}
