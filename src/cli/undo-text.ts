import type { Step } from '../core/plan.ts';
import type { Judged } from '../engine/look-at-changes.ts';
import { restorerOf } from '../engine/put-back.ts';
import { diagnosticText } from '../report/diagnostic-text.ts';
import { diffText } from '../report/diff-text.ts';
import type { HostUndo } from './undo-plan.ts';

export interface UndoScreen {
  readonly colour: boolean;
  readonly width: number;
  readonly diff: boolean;
}

/** What is going to happen on a host, and what not. */
export function hostText(host: HostUndo, screen: UndoScreen): string {
  if (host.failure) return `${host.name}\n${diagnosticText(host.failure, screen)}`;
  const changed = host.judged.flatMap(({ change, verdict }) =>
    verdict.kind === 'changed' ? [`${calledOf(change)}: ${verdict.why}`] : [],
  );
  const lost = host.judged.flatMap(({ change, verdict }) =>
    verdict.kind === 'impossible' ? [`${calledOf(change)}: ${verdict.why}`] : [],
  );
  const lasting = host.lasting.map(({ task, steps, why }) => `${task}: ${steps.join('; ')} (${why})`);
  const lines = [
    ...host.judged.flatMap((one) => stepLines(one, screen)),
    ...host.again.map(
      (change) => `  ${change.again === 'reloaded' ? 'reload' : 'restart'} ${calledOf(change)}, as the run did`,
    ),
    ...section('left alone, unless --overwrite names it:', changed),
    ...section('cannot be put back:', [...lost, ...lasting]),
  ];
  return [host.name, ...(lines.length > 0 ? lines : ['  all is as it was before'])].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function stepLines({ verdict }: Judged, screen: UndoScreen): readonly string[] {
  if (verdict.kind !== 'back') return [];
  return verdict.steps.flatMap((step) => [`  ${step.title}`, ...(screen.diff ? differenceLines(step, screen) : [])]);
}

function differenceLines({ title, before, after }: Step, screen: UndoScreen): readonly string[] {
  if (before === undefined && after === undefined) return [];
  const text = diffText({ title, before: before ?? '', after: after ?? '' }, screen);
  return text === '' ? [] : [text];
}

function calledOf({ was }: Judged['change']): string {
  return restorerOf(was).called(was.name);
}
