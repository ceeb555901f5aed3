import { figure, ratio, rowsOf, serialTrips } from '../figures.ts';
import type { PlannedCell } from '../plan.ts';
import { type Cell, cellText, isOf, type Phase, phases, type Row, reachedHosts } from '../row.ts';
import { markdownTable, orDash, shortNumber } from './numbers.ts';
import { type Figure, isMet, phaseText, type Target, targets } from './targets.ts';

/** Everything that can be said of these rows, in Markdown. */
export function resultText(rows: readonly Row[]): string {
  const measured = targets(rows).filter((target) => isMet(target) !== undefined);
  return [
    ...cellsIn(rows).map((cell) => cellSection(rows, cell)),
    ...tripPlaces(rows).map((place) => `### Serial round trips, ${placeText(place)}\n\n${tripTable(rows, place)}`),
    ...(measured.length > 0 ? [`### Targets\n\n${targetTable(measured)}`] : []),
  ].join('\n');
}

function cellsIn(rows: readonly Row[]): readonly Cell[] {
  const cells = rows.map(({ work, hosts, rtt }) => JSON.stringify({ work, hosts, rtt }));
  return [...new Set(cells)].map((text) => JSON.parse(text) as Cell);
}

function cellSection(rows: readonly Row[], cell: Cell): string {
  const present = phases.filter((phase) => rows.some((row) => row.phase === phase && isOf(row, cell)));
  return present.map((phase) => `### ${cellText(cell)}${heading(phase)}\n\n${cellTable(rows, cell, phase)}`).join('\n');
}

function heading(phase: Phase): string {
  return phase === 'run' ? '' : `: ${phaseText(phase)}`;
}

function cellTable(rows: readonly Row[], cell: Cell, phase: Phase): string {
  const names = rows.filter((row) => row.phase === phase && isOf(row, cell)).map(({ contender }) => contender);
  const reached = reachedHosts(cell);
  const yardsticks = yardsticksOf(cell).filter((name) => names.includes(name));
  const head = ['contender', 'runs', 'seconds (least – most)', ...yardsticks.map((name) => `× ${name}`)];
  const counts = ['CPU s controller', 'CPU s hosts', 'memory MB', 'KB out / in a host', 'logins', 'channels'];
  const lines = [...new Set(names)].map((contender) => {
    const series = { ...cell, contender, phase };
    const own = rowsOf(rows, series);
    const walls = own.map(({ wall }) => wall);
    const spread = `${orDash(figure(rows, series, 'wall'))} (${shortNumber(Math.min(...walls))} – ${shortNumber(Math.max(...walls))})`;
    const ratios = yardsticks.map((name) => orDash(ratio(rows, series, name)));
    const kilobytes = (['bytes_out', 'bytes_in'] as const).map((way) => {
      return shortNumber((figure(rows, series, way) ?? 0) / 1000 / reached);
    });
    const costs = [
      ...(['cpu_controller', 'cpu_hosts', 'pss_mb'] as const).map((name) => orDash(figure(rows, series, name))),
      kilobytes.join(' / '),
      ...(['logins', 'channels'] as const).map((name) => String(figure(rows, series, name))),
    ];
    const shown = reached > 0 ? costs : [costs[0] ?? '', costs[2] ?? ''];
    return [contender, String(own.length), spread, ...ratios, ...shown];
  });
  return markdownTable([...head, ...(reached > 0 ? counts : ['CPU s', 'memory MB'])], lines);
}

function yardsticksOf({ work }: Cell): readonly string[] {
  switch (work) {
    case 'w1':
      return ['provision', 'sketch', 'floor'];
    case 'w2':
      return ['provision', 'pipe', 'sketch', 'floor'];
    case 'startup':
    case 'inventory':
      return ['node -e 0'];
    case 'edge':
      return ['provision'];
    case 'render':
    case 'simulated':
      return [];
  }
}

/** All but the round trip, whose lengths are compared. */
export type TripPlace = Omit<Cell, 'rtt'>;

export function placeText({ work, hosts }: TripPlace): string {
  return work === 'edge' ? `edge, ${hosts} guests` : `${work.toUpperCase()}, ${hosts} host`;
}

/** Where round trips can be told from the rows. */
export function tripPlaces(rows: readonly Row[]): readonly TripPlace[] {
  const edges = rows.filter(({ work }) => work === 'edge').map(({ hosts }) => hosts);
  const places: readonly TripPlace[] = [
    { work: 'w1', hosts: 1 },
    ...[...new Set(edges)].map((hosts) => ({ work: 'edge', hosts }) as const),
  ];
  return places.filter((place) => tripLines(rows, place).length > 0);
}

export function tripTable(rows: readonly Row[], place: TripPlace): string {
  return markdownTable(['contender', 'converge', 'no change'], tripLines(rows, place));
}

function tripLines(rows: readonly Row[], place: TripPlace): readonly (readonly string[])[] {
  const names = [...new Set(rows.filter(({ work }) => work === place.work).map(({ contender }) => contender))];
  const trips = (contender: string, phase: Phase) => serialTrips(rows, { ...place, contender, phase });
  return names
    .filter((name) => trips(name, 'converge') !== undefined)
    .map((name) => [name, orDash(trips(name, 'converge')), orDash(trips(name, 'nochange'))]);
}

export function targetTable(list: readonly Target[]): string {
  const lines = list.map((target) => {
    const { what, unit, atMost, atLeast, figures } = target;
    const goal = atMost === undefined ? `at least ${atLeast}${unit}` : `at most ${atMost}${unit}`;
    return [what, goal, figures.map((one) => figureText(one, unit)).join(', '), verdictOn(target)];
  });
  return markdownTable(['what', 'to reach', 'measured', ''], lines);
}

function verdictOn(target: Target): string {
  const met = isMet(target);
  if (met === undefined) return 'not measured';
  if (!met) return '**missed**';
  return target.figures.every(({ value }) => value !== undefined) ? 'reached' : 'reached where measured';
}

function figureText({ at, value }: Figure, unit: string): string {
  return at === undefined ? orDash(value, unit) : `${at}: ${orDash(value, unit)}`;
}

/** What a plan leaves out, and why. */
export function leftOutTable(cells: readonly PlannedCell[], measured?: readonly Row[]): string {
  const lines = cells.flatMap(({ cell, entries }) =>
    entries.flatMap(({ contender, leftOut }) => {
      const isMissing = measured && !measured.some((row) => row.contender === contender && isOf(row, cell));
      const reason = leftOut ?? (isMissing ? 'the run ended before it' : undefined);
      return reason === undefined ? [] : [[cellText(cell), contender, reason]];
    }),
  );
  return lines.length === 0 ? 'Nothing.\n' : markdownTable(['cell', 'contender', 'because'], lines);
}
