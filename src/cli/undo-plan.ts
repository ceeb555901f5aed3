import type { Diagnostic } from '../core/diagnostic.ts';
import type { Change } from '../engine/changes.ts';
import type { ChangesOfHost, Judged } from '../engine/look-at-changes.ts';
import type { LastingWork, RecordedRun } from './undo-journal.ts';

/** What an undo comes to on one host. */
export interface HostUndo {
  readonly name: string;
  readonly judged: readonly Judged[];
  /** Units that the run started anew, and that are to run with what they had before. */
  readonly again: readonly Change[];
  readonly lasting: readonly LastingWork[];
  readonly failure?: Diagnostic;
}

/** Hosts in the order in which the run came to them. */
export function undoPlan(run: RecordedRun, found: ReadonlyMap<string, ChangesOfHost>): readonly HostUndo[] {
  const names = new Set([...found.keys(), ...run.lasting.map(({ host }) => host)]);
  return [...names].sort().map((name) => hostUndo(name, run, found.get(name)));
}

function hostUndo(name: string, { lasting }: RecordedRun, found: ChangesOfHost | undefined): HostUndo {
  const stays = lasting.filter(({ host }) => host === name);
  if (found && 'failure' in found) return { name, judged: [], again: [], lasting: stays, failure: found.failure };
  const judged = found?.judged ?? [];
  return { name, judged, again: anew(judged), lasting: stays };
}

/** A unit that runs as it did needs it where something else is put back, which may be what it runs with. */
function anew(judged: readonly Judged[]): readonly Change[] {
  if (!judged.some(({ verdict }) => verdict.kind === 'back')) return [];
  return judged.flatMap(({ change, verdict }) =>
    change.again && change.was.state?.runs === true && verdict.kind === 'done' ? [change] : [],
  );
}

/** Changes to be put back, the newest first. */
export function toPutBack(hosts: readonly HostUndo[]): readonly Change[] {
  return hosts.flatMap(({ judged }) =>
    judged.flatMap(({ change, verdict }) => (verdict.kind === 'back' ? [change] : [])),
  );
}
