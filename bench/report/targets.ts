import { figure, perFurtherHost, ratio, type Series, serialTrips } from '../figures.ts';
import type { Phase, Row, WorkName } from '../row.ts';

/** One goal, and what was measured: a figure for each round trip where it is about several. */
export interface Target extends Limit {
  readonly what: string;
  readonly unit: string;
  readonly figures: readonly Figure[];
}

interface Limit {
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Figure {
  /** `10 ms`, where there are several. */
  readonly at?: string;
  readonly value: number | undefined;
}

/** Every figure counts; undefined where none was measured. */
export function isMet({ figures, atMost = Infinity, atLeast = -Infinity }: Target): boolean | undefined {
  const values = figures.flatMap(({ value }) => value ?? []);
  return values.length === 0 ? undefined : values.every((value) => value <= atMost && value >= atLeast);
}

const rtts = [0, 10, 40];

/** All goals, whether measured or not. */
export function targets(rows: readonly Row[]): readonly Target[] {
  return [
    ...oneHost(rows, 'nochange', { sketch: 1.5, near: 50, mitogen: 15 }),
    ...oneHost(rows, 'converge', { sketch: 2, near: 30, mitogen: 10 }),
    ...([10, 50] as const).flatMap((hosts) => manyHosts(rows, hosts)),
    slower(rows, of('w2', 'nochange', 1), { other: 'pipe', atMost: 1.5 }),
    ...trips(rows),
    ...perHost(rows),
    ...startUp(rows),
    ...memory(rows),
    amongMany(rows),
  ];
}

function of(work: WorkName, phase: Phase, hosts: number): Series {
  return { contender: 'provision', work, phase, hosts, rtt: 0 };
}

function placeText({ work, phase, hosts }: Series): string {
  const count = `${hosts} ${hosts === 1 ? 'host' : 'hosts'}`;
  return work === 'w1' ? `W1 ${phaseText(phase)}, ${count}` : `${work.toUpperCase()}, ${count}`;
}

export function phaseText(phase: Phase): string {
  return phase === 'nochange' ? 'no change' : phase;
}

interface Comparison extends Limit {
  readonly other: string;
  readonly at?: readonly number[];
}

function slower(rows: readonly Row[], series: Series, { other, at = rtts, ...limit }: Comparison): Target {
  const figures = at.map((rtt) => ({ at: `${rtt} ms`, value: ratio(rows, { ...series, rtt }, other) }));
  return { what: `${placeText(series)}: time, in times of ${other}`, unit: '×', ...limit, figures };
}

function faster(rows: readonly Row[], series: Series, comparison: Comparison): Target {
  const { figures, ...target } = slower(rows, series, comparison);
  const turned = figures.map(({ value, ...at }) => ({ ...at, value: value === undefined ? undefined : 1 / value }));
  return { ...target, what: `${placeText(series)}: times faster than ${comparison.other}`, figures: turned };
}

interface OneHostGoals {
  readonly sketch: number;
  /** Against Ansible tuned without a round trip to speak of; 30 with one of 40 ms. */
  readonly near: number;
  readonly mitogen: number;
}

function oneHost(rows: readonly Row[], phase: Phase, goals: OneHostGoals): readonly Target[] {
  const series = of('w1', phase, 1);
  return [
    slower(rows, series, { other: 'sketch', atMost: goals.sketch }),
    faster(rows, series, { other: 'ansible_tuned', atLeast: goals.near, at: [0] }),
    faster(rows, series, { other: 'ansible_tuned', atLeast: 30, at: [40] }),
    faster(rows, series, { other: 'mitogen', atLeast: goals.mitogen }),
  ];
}

function manyHosts(rows: readonly Row[], hosts: number): readonly Target[] {
  return (['nochange', 'converge'] as const).flatMap((phase) => {
    const series = of('w1', phase, hosts);
    return [
      slower(rows, series, { other: 'sketch', atMost: 2 }),
      slower(rows, series, { other: 'floor', atMost: 1 }),
      faster(rows, series, { other: 'mitogen', atLeast: phase === 'nochange' ? 40 : 20 }),
    ];
  });
}

function trips(rows: readonly Row[]): readonly Target[] {
  const goal = (phase: Phase, atMost: number): Target => ({
    what: `W1 ${phaseText(phase)}, 1 host: serial round trips, login included`,
    unit: '',
    atMost,
    figures: [{ value: serialTrips(rows, of('w1', phase, 1)) }],
  });
  return [goal('nochange', 14), goal('converge', 18)];
}

function perHost(rows: readonly Row[]): readonly Target[] {
  const most = (measure: 'logins' | 'channels'): readonly Figure[] => {
    const own = rows.filter(({ contender, work }) => contender === 'provision' && (work === 'w1' || work === 'w2'));
    return [{ value: own.length > 0 ? Math.max(...own.map((row) => row[measure])) : undefined }];
  };
  const unchanged = of('w1', 'nochange', 1);
  const sent = figure(rows, unchanged, 'bytes_out');
  const cpu = perFurtherHost(rows, unchanged, { measure: 'cpu_controller', from: 1 });
  return [
    { what: 'logins per host, the most of all runs', unit: '', atMost: 1, figures: most('logins') },
    { what: 'channels per host, the most of all runs', unit: '', atMost: 2, figures: most('channels') },
    { what: 'W1 no change: sent per host', unit: ' KB', atMost: 10, figures: [{ value: sent && sent / 1000 }] },
    {
      what: 'W1 no change: CPU of the controller per further host, from 1 to 50',
      unit: ' ms',
      atMost: 25,
      figures: [{ value: cpu && cpu * 1000 }],
    },
  ];
}

function startUp(rows: readonly Row[]): readonly Target[] {
  const node = 'node -e 0';
  const goal = (contender: string, atMost: number): Target => ({
    what: `start-up: ${contender}, in times of ${node}`,
    unit: '×',
    atMost,
    figures: [{ value: ratio(rows, { ...of('startup', 'run', 0), contender }, node) }],
  });
  return [goal('provision --version', 1.5), goal('empty playbook', 3)];
}

function memory(rows: readonly Row[]): readonly Target[] {
  const further = perFurtherHost(rows, of('w1', 'nochange', 10), { measure: 'pss_mb', from: 10 });
  return [
    ...(['nochange', 'converge'] as const).map((phase) => ({
      what: `W1 ${phaseText(phase)}: memory for 50 hosts`,
      unit: ' MB',
      atMost: 100,
      figures: [{ value: figure(rows, of('w1', phase, 50), 'pss_mb') }],
    })),
    {
      what: 'W1 no change: memory per further host, from 10 to 50',
      unit: ' KB',
      atMost: 300,
      figures: [{ value: further && further * 1000 }],
    },
  ];
}

/** What a host costs the controller among 1,000, and among 50. */
function amongMany(rows: readonly Row[]): Target {
  const series = of('simulated', 'nochange', 1);
  const few = perFurtherHost(rows, series, { measure: 'cpu_controller', from: 1 });
  const many = perFurtherHost(rows, series, { measure: 'cpu_controller', from: 50, to: 1000 });
  return {
    what: 'simulated hosts, no change: CPU per further host from 50 to 1,000, in times of that from 1 to 50',
    unit: '×',
    atMost: 1,
    figures: [{ value: few !== undefined && many !== undefined ? many / few : undefined }],
  };
}
