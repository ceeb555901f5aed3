import type { RunEvent } from '../core/event.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { diffText } from './diff-text.ts';
import { durationText } from './duration.ts';
import type { Screen } from './screen.ts';
import { stripControls, wrapText } from './terminal-text.ts';

export type TaskEnd = Extract<RunEvent, { event: 'task.end' }>;

export type ProgressEvent = Extract<RunEvent, { event: 'progress' }>;

const outputLines = 20;
const longestItem = 40;

/** `Install packages (curl): install curl (12.3 s)`: the task, the loop's item, what was done and how long it took. */
export function taskEndText(end: TaskEnd): string {
  const item = end.item === undefined ? '' : ` (${itemText(end.item)})`;
  const message = end.message && !end.diagnostic ? `: ${oneLine(end.message)}` : '';
  const time = end.ms > 1000 ? ` (${durationText(end.ms)})` : '';
  return `${oneLine(end.task)}${item}${message}${time}${end.ignored ? ' (ignored)' : ''}${end.rescued ? ' (rescued)' : ''}`;
}

/** ` [roles/web/tasks/main.yml]`: where a task stands, if not in the playbook and somebody wants to know. */
export function originText({ from }: Pick<TaskEnd, 'from'>, { verbose }: Pick<Screen, 'verbose'>): string {
  return verbose && from !== undefined ? ` [${oneLine(from)}]` : '';
}

/** What the diagnostic says and the last lines of output of that task; empty where nothing failed. */
export function failureText(end: TaskEnd, screen: Screen): string {
  if (end.status !== 'failed' && end.status !== 'unreachable') return '';
  const output = (end.output ?? []).slice(-outputLines).join('\n');
  if (!end.diagnostic) return indented(output, screen);
  return diagnosticText({ ...(output && { transcript: output }), ...end.diagnostic }, screen);
}

/** What a task left as it is, a line each. */
export function notesText({ notes = [] }: TaskEnd): string {
  return notes.map((note) => `   ${oneLine(note)}`).join('\n');
}

/** The diffs of a task, where they were asked for. */
export function taskDiffText(end: TaskEnd, screen: Screen): string {
  if (!screen.diff) return '';
  return (end.diff ?? [])
    .map((difference) => diffText(difference, screen))
    .filter(Boolean)
    .join('\n');
}

function indented(output: string, screen: Screen): string {
  if (output === '') return '';
  const lines = stripControls(output).split('\n');
  return lines.flatMap((line) => wrapText(line, screen.width - 5).map((part) => `   > ${part}`.trimEnd())).join('\n');
}

/** A loop's item: a text as it is, a map by its name, anything else as short JSON. */
function itemText(item: unknown): string {
  const named = typeof item === 'object' && item !== null && 'name' in item ? item.name : item;
  const text = typeof named === 'string' ? oneLine(named) : (JSON.stringify(named) ?? String(named));
  return text.length > longestItem ? `${text.slice(0, longestItem - 1)}…` : text;
}

export function oneLine(text: string): string {
  return stripControls(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

/** `1 host`, `3 hosts`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `Install everest: installing the base system 40 %, about 12 min left`. */
export function progressText(event: Pick<ProgressEvent, 'task' | 'phase' | 'percent' | 'left'>): string {
  const { task, phase, percent, left } = event;
  const far = percent === undefined ? '' : ` ${Math.round(percent)} %`;
  return `${oneLine(task)}: ${oneLine(phase)}${far}${left === undefined ? '' : `, ${leftText(left)}`}`;
}

/** As coarse as an estimate is. */
function leftText(seconds: number): string {
  if (seconds < 10) return 'nearly done';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}
