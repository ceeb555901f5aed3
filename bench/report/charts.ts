import { contenderNames } from '../contenders/contenders.ts';
import { figure } from '../figures.ts';
import type { Cell, Phase, Row } from '../row.ts';
import { type BarChart, type BarGroup, barChart } from './bar-chart.ts';
import { phaseText } from './targets.ts';

export interface Chart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

type Measure = 'wall' | 'cpu_controller' | 'pss_mb';

interface Wanted {
  readonly measure: Measure;
  readonly phase: Phase;
  /** Of what a group shows, in its label. */
  readonly cells: readonly (Cell & { readonly label: string })[];
}

export function charts(rows: readonly Row[]): readonly Chart[] {
  return (['nochange', 'converge'] as const).flatMap((phase) => {
    const name = phase === 'nochange' ? 'no-change' : phase;
    const ending = `W1, ${phaseText(phase)}`;
    const byTrip = { phase, cells: [0, 10, 40].map((rtt) => cell(1, rtt, `round trip ${rtt} ms`)) };
    const byHosts = {
      phase,
      cells: [1, 10, 50].map((hosts) => cell(hosts, 0, `${hosts} ${hosts > 1 ? 'hosts' : 'host'}`)),
    };
    return [
      draw(rows, `${name}-round-trips`, { ...byTrip, measure: 'wall' }, `Seconds by round trip, 1 host (${ending})`),
      draw(
        rows,
        `${name}-hosts`,
        { ...byHosts, measure: 'wall' },
        `Seconds by number of hosts, round trip 0 (${ending})`,
      ),
      draw(
        rows,
        `${name}-cpu`,
        { ...byHosts, measure: 'cpu_controller' },
        `Seconds of CPU on the controller (${ending})`,
      ),
      draw(rows, `${name}-memory`, { ...byHosts, measure: 'pss_mb' }, `Memory of the controller, MB (${ending})`),
    ].flatMap((chart) => chart ?? []);
  });
}

function cell(hosts: number, rtt: number, label: string) {
  return { work: 'w1', hosts, rtt, label } as const;
}

function draw(rows: readonly Row[], file: string, wanted: Wanted, title: string): Chart | undefined {
  const groups = wanted.cells.map((one) => groupOf(rows, one, wanted)).filter(({ bars }) => bars.length > 0);
  if (groups.length === 0) return undefined;
  const chart: BarChart = { title, unit: wanted.measure === 'pss_mb' ? 'MB' : 's', groups };
  return { file: `${file}.svg`, title, svg: barChart(chart) };
}

function groupOf(
  rows: readonly Row[],
  { label, ...cell }: Wanted['cells'][number],
  { measure, phase }: Wanted,
): BarGroup {
  const bars = contenderNames.flatMap((name) => {
    const value = figure(rows, { ...cell, contender: name, phase }, measure);
    return value === undefined ? [] : [{ name, value }];
  });
  return { label, bars };
}
