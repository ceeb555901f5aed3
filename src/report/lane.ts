import { milliseconds } from '../core/clock.ts';
import type { RunEvent } from '../core/event.ts';
import { emptyTally, type Status } from '../core/outcome.ts';
import { durationText } from './duration.ts';
import { statusWord } from './recap.ts';
import { oneLine, originText, progressText, type TaskEnd } from './task-text.ts';

/** The part of a listr2 task that a lane writes to. */
export interface Row {
  title: string;
  output: string;
}

interface LaneOptions {
  readonly width: number;
  readonly check: boolean;
  /** Says of tasks which file they come from. */
  readonly verbose: boolean;
}

/** Everything that happens on one host. */
export type HostEvent = Extract<RunEvent, { host: string }>;

/**
 * One host's row. listr2 attaches it some time after the play began, so the lane remembers what to show until then.
 * What `attach` returns is what listr2 takes for the task: it settles when the host is through with the play.
 */
export class Lane {
  private readonly label: string;
  private readonly options: LaneOptions;
  private readonly tally = emptyTally();
  private readonly began = milliseconds();
  private row: Row | undefined;
  private text = '';
  private lastLine = '';
  private end: 'well' | 'failed' | undefined;
  private settle: (() => void) | undefined;

  constructor(host: string, options: LaneOptions) {
    this.label = host.padEnd(options.width);
    this.options = options;
  }

  get title(): string {
    return `${this.label}  ${this.text}`.trimEnd();
  }

  /** Shows on `row` what happened so far and from now on. Rejects when the host failed. */
  async attach(row: Row): Promise<void> {
    this.row = row;
    row.title = this.title;
    if (this.lastLine !== '') row.output = this.lastLine;
    if (!this.end) {
      await new Promise<void>((resolve) => {
        this.settle = resolve;
      });
    }
    if (this.end === 'failed') throw new Error(this.title);
  }

  on(event: HostEvent): void {
    switch (event.event) {
      case 'task.start':
        this.tell('');
        this.show(`${oneLine(event.task)}${originText(event, this.options)}`);
        break;
      case 'step.start':
        this.show(`${oneLine(event.task)}: ${oneLine(event.step)}`);
        break;
      case 'progress':
        if (event.line) this.tell(event.line);
        this.show(progressText(event));
        break;
      case 'output':
        if (oneLine(event.line) !== '') this.tell(event.line);
        break;
      case 'task.end':
        this.endTask(event);
        break;
      case 'host.end':
        this.finish();
        break;
      case 'task.plan':
      case 'step.end':
        break;
      default:
        event satisfies never;
    }
  }

  /** The host is through with the play; after a failure it was already. */
  finish(): void {
    if (this.end) return;
    this.close('well', `${this.counts()} (${durationText(milliseconds() - this.began)})`);
  }

  /** The run ends before the host is through. */
  abandon(): void {
    if (!this.end) this.close('failed', `stopped at: ${this.text}`);
  }

  private endTask({ status, task, ignored, rescued }: TaskEnd): void {
    const goesOn = ignored || rescued;
    this.tally[goesOn ? 'ok' : status] += 1;
    if ((status === 'failed' || status === 'unreachable') && !goesOn)
      this.close('failed', `${status}: ${oneLine(task)}`);
  }

  private close(end: 'well' | 'failed', text: string): void {
    this.end = end;
    this.show(text);
    this.settle?.();
  }

  private show(text: string): void {
    this.text = text;
    if (this.row) this.row.title = this.title;
  }

  private tell(line: string): void {
    this.lastLine = oneLine(line);
    if (this.row) this.row.output = this.lastLine;
  }

  /** `12 ok, 3 changed`: only what there is. */
  private counts(): string {
    const counted = (Object.entries(this.tally) as [Status, number][]).filter(([, count]) => count > 0);
    return (
      counted.map(([status, count]) => `${count} ${statusWord(status, this.options.check)}`).join(', ') ||
      'nothing to do'
    );
  }
}
