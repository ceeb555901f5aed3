import type { Cell, Phase, Row } from './row.ts';
import { isOf } from './row.ts';
import { median, slope } from './statistics.ts';

type Measure = 'wall' | 'cpu_controller' | 'cpu_hosts' | 'pss_mb' | 'logins' | 'channels' | 'bytes_out' | 'bytes_in';

/** Who did what, in which phase. */
export interface Series extends Cell {
  readonly contender: string;
  readonly phase: Phase;
}

export function rowsOf(rows: readonly Row[], series: Series): readonly Row[] {
  return rows.filter((row) => isOf(row, series) && row.contender === series.contender && row.phase === series.phase);
}

/** The median over the rounds; undefined where nothing was measured. */
export function figure(rows: readonly Row[], series: Series, measure: Measure): number | undefined {
  const values = rowsOf(rows, series).map((row) => row[measure]);
  return values.length > 0 ? median(values) : undefined;
}

/** How many times as long as `other` it took. */
export function ratio(rows: readonly Row[], series: Series, other: string): number | undefined {
  const own = figure(rows, series, 'wall');
  const its = figure(rows, { ...series, contender: other }, 'wall');
  return own !== undefined && its !== undefined ? own / its : undefined;
}

/** Round trips that follow one another, from what a longer line costs. */
export function serialTrips(rows: readonly Row[], series: Omit<Series, 'rtt'>): number | undefined {
  const near = figure(rows, { ...series, rtt: 0 }, 'wall');
  const far = figure(rows, { ...series, rtt: 40 }, 'wall');
  return near !== undefined && far !== undefined ? ((far - near) * 1000) / 40 : undefined;
}

/** What each further host adds between two numbers of them. */
export function perFurtherHost(
  rows: readonly Row[],
  series: Omit<Series, 'hosts'>,
  { measure, from, to = 50 }: { readonly measure: Measure; readonly from: number; readonly to?: number },
): number | undefined {
  const few = figure(rows, { ...series, hosts: from }, measure);
  const many = figure(rows, { ...series, hosts: to }, measure);
  return few !== undefined && many !== undefined ? slope([from, few], [to, many]) : undefined;
}
