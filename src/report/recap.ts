import type { RunEvent, Traffic } from '../core/event.ts';
import type { Status, Tally } from '../core/outcome.ts';
import { durationText } from './duration.ts';
import { createPaint, type Paint } from './style.ts';
import { countOf } from './task-text.ts';

type RunEnd = Extract<RunEvent, { event: 'run.end' }>;

const columns = ['ok', 'changed', 'skipped', 'failed', 'unknown', 'unreachable'] as const satisfies readonly Status[];

const inks = { changed: 'yellow', failed: 'red', unreachable: 'red', unknown: 'cyan' } as const;

export interface RecapOptions {
  readonly check: boolean;
  readonly colour: boolean;
  /** Tells too what talking to each host has cost. */
  readonly verbose: boolean;
}

/** The closing table: one line a host, every number beside its word so that a line is whole when found alone. */
export function recapText(end: RunEnd, options: RecapOptions): string {
  const paint = createPaint(options.colour);
  const hosts = Object.entries(end.hosts);
  const nameWidth = Math.max(0, ...hosts.map(([name]) => name.length));
  const widths = columns.map((status) => Math.max(1, ...hosts.map(([, tally]) => String(tally[status]).length)));
  const lines = hosts.map(([name, tally]) => {
    const cells = columns.map((status, index) =>
      cell(status, widths[index] ?? 1, { tally, check: options.check, paint }),
    );
    return `${paint(hostInk(tally), name.padEnd(nameWidth))}  ${cells.join('  ')}`.trimEnd();
  });
  const costs = options.verbose ? hosts.map(([name]) => trafficText(name.padEnd(nameWidth), end.traffic[name])) : [];
  return [
    ...lines,
    ...costs.flatMap((line) => (line === undefined ? [] : [paint('dim', line)])),
    `total time ${durationText(end.ms)}${options.check ? ' (check mode: nothing was changed)' : ''}`,
  ].join('\n');
}

function trafficText(name: string, traffic: Traffic | undefined): string | undefined {
  if (!traffic) return undefined;
  const { logins, channels, roundTrips, requests, bytesOut, bytesIn } = traffic;
  const sent = `${kilobytes(bytesOut)} KB sent, ${kilobytes(bytesIn)} KB received`;
  return `${name}  ${countOf(logins, 'login')}, ${countOf(channels, 'channel')}, ${countOf(roundTrips, 'round trip')}, ${countOf(requests, 'request')}, ${sent}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

interface CellContext {
  readonly tally: Tally;
  readonly check: boolean;
  readonly paint: Paint;
}

function cell(status: (typeof columns)[number], width: number, { tally, check, paint }: CellContext): string {
  const text = `${statusWord(status, check)} ${String(tally[status]).padEnd(width)}`;
  if (tally[status] === 0) return paint('dim', text);
  return status in inks ? paint(inks[status as keyof typeof inks], text) : text;
}

function hostInk(tally: Tally): 'red' | 'green' {
  return tally.failed + tally.unreachable > 0 ? 'red' : 'green';
}

/** The word for a status; in check mode nothing changes, it would. */
export function statusWord(status: Status, check: boolean): string {
  return status === 'changed' && check ? 'would change' : status;
}
