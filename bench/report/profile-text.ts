import type { Profiles } from '../profile/take-profiles.ts';
import { type Phase, phases } from '../row.ts';
import { markdownTable, orDash } from './numbers.ts';
import { phaseText } from './targets.ts';

/** What is shorter in every phase is told together. */
const leastMs = 1;

/** A line for each part of the program, the dearest first, with a column for each phase. */
export function profileTable(profiles: Profiles): string {
  const present = phases.filter((phase) => profiles[phase]);
  const names = [...new Set(present.flatMap((phase) => Object.keys(profiles[phase] ?? {})))];
  const ms = (name: string, phase: Phase): number => profiles[phase]?.[name] ?? 0;
  const most = (name: string): number => Math.max(...present.map((phase) => ms(name, phase)));
  const long = names.filter((name) => most(name) >= leastMs).sort((one, other) => most(other) - most(one));
  const short = names.filter((name) => most(name) < leastMs);
  const line = (title: string, parts: readonly string[]): readonly string[] => [
    title,
    ...present.map((phase) => orDash(parts.reduce((total, name) => total + ms(name, phase), 0))),
  ];
  return markdownTable(
    ['part', ...present.map((phase) => `${phaseText(phase)}, ms`)],
    [
      ...long.map((name) => line(name, [name])),
      ...(short.length > 0 ? [line('all else', short)] : []),
      line('together', names),
    ],
  );
}
