import type { Reporter, RunEvent } from '../core/event.ts';
import type { Status } from '../core/outcome.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { recapText, statusWord } from './recap.ts';
import type { Screen } from './screen.ts';
import { createPaint, type Paint } from './style.ts';
import {
  countOf,
  failureText,
  notesText,
  oneLine,
  originText,
  type ProgressEvent,
  progressText,
  taskDiffText,
  taskEndText,
} from './task-text.ts';

const inks = {
  ok: 'green',
  changed: 'yellow',
  skipped: 'dim',
  failed: 'red',
  unknown: 'cyan',
  unreachable: 'red',
} as const satisfies Record<Status, string>;

/** One line per event of interest: for logs, CI and pipes. */
export function createPlainReporter(screen: Screen): Reporter {
  const worthTelling = createProgressFilter();
  let layout: LineLayout = { check: false, hostWidth: 0, paint: createPaint(screen.colour) };

  const blocks = (event: RunEvent): readonly string[] => {
    switch (event.event) {
      case 'run.start':
        layout = { ...layout, check: event.check };
        return [`run ${event.run}: ${event.playbooks.join(', ')}${event.check ? ' (check mode)' : ''}`];
      case 'play.start':
        layout = { ...layout, hostWidth: Math.max(0, ...event.hosts.map((host) => host.length)) };
        return [`\nplay ${oneLine(event.play)} (${countOf(event.hosts.length, 'host')})`];
      case 'step.start':
        return screen.verbose ? [line(event.host, 'step', oneLine(event.step), layout)] : [];
      case 'output':
        return screen.verbose ? [line(event.host, 'output', oneLine(event.line), layout)] : [];
      case 'progress':
        return worthTelling(event) ? [line(event.host, 'progress', progressText(event), layout)] : [];
      case 'task.end':
        return [
          line(event.host, event.status, `${taskEndText(event)}${originText(event, screen)}`, layout),
          notesText(event),
          taskDiffText(event, screen),
          failureText(event, screen),
        ];
      case 'diagnostic':
        return [diagnosticText(event.diagnostic, { ...screen, severity: event.severity })];
      case 'run.end':
        return [`\n${recapText(event, { check: layout.check, colour: screen.colour, verbose: screen.verbose })}`];
      case 'task.start':
      case 'task.plan':
      case 'step.end':
      case 'host.end':
        return [];
      default:
        return event satisfies never;
    }
  };
  return {
    on: (event) => {
      for (const block of blocks(event)) if (block !== '') screen.write(`${block}\n`);
    },
    close: async () => {},
  };
}

interface LineLayout {
  readonly check: boolean;
  readonly hostWidth: number;
  readonly paint: Paint;
}

type Word = Status | 'step' | 'output' | 'progress';

/** Host, word and text in columns, so that a log can be read down as well as across. */
function line(host: string, word: Word, text: string, { check, hostWidth, paint }: LineLayout): string {
  const ink = word in inks ? inks[word as Status] : 'dim';
  const shown = word === 'changed' ? statusWord(word, check) : word;
  return `${host.padEnd(hostWidth)}  ${paint(ink, shown.padEnd((check ? 'would change' : 'unreachable').length))}  ${text}`;
}

/** Lets through the first word of each phase and then every ten percent. */
function createProgressFilter(): (event: ProgressEvent) => boolean {
  const last = new Map<string, { readonly phase: string; readonly tens: number }>();
  return ({ host, task, phase, percent }) => {
    const key = `${host}\n${task}`;
    const tens = Math.floor((percent ?? 0) / 10);
    const before = last.get(key);
    if (before?.phase === phase && tens <= before.tens) return false;
    last.set(key, { phase, tens });
    return true;
  };
}
