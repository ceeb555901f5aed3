import type { Reporter, RunEvent } from '../core/event.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { type HostEvent, Lane } from './lane.ts';
import { type LaneList, type Streams, showLanes } from './lane-list.ts';
import { recapText } from './recap.ts';
import type { Screen } from './screen.ts';
import { failureText, notesText, oneLine, originText, type TaskEnd, taskDiffText } from './task-text.ts';
import { stripControls } from './terminal-text.ts';

/** One row per host, a new list for each play; what failed is told in full beneath its play. */
export function createTreeReporter(screen: Screen, streams: Streams = process): Reporter {
  const tree = new Tree(screen, streams);
  return {
    on: (event) => tree.on(event),
    pause: () => tree.list?.pause(),
    resume: () => tree.list?.resume(),
    close: () => tree.close(),
  };
}

/** Events come whenever they like, listr2 takes its time: what is to be shown waits in `queue`, in order. */
class Tree {
  list: LaneList | undefined;
  private readonly screen: Screen;
  private readonly streams: Streams;
  private queue: Promise<void> = Promise.resolve();
  private lanes = new Map<string, Lane>();
  private notes: string[] = [];
  private check = false;

  constructor(screen: Screen, streams: Streams) {
    this.screen = screen;
    this.streams = streams;
  }

  on(event: RunEvent): void {
    switch (event.event) {
      case 'run.start':
        this.check = event.check;
        break;
      case 'play.start':
        this.startPlay(event.play, event.hosts);
        break;
      case 'diagnostic':
        this.note(diagnosticText(event.diagnostic, { ...this.screen, severity: event.severity }));
        break;
      case 'run.end':
        this.endPlay();
        this.print(
          `\n${recapText(event, { check: this.check, colour: this.screen.colour, verbose: this.screen.verbose })}`,
        );
        break;
      default:
        this.onHost(event);
    }
  }

  close(): Promise<void> {
    this.endPlay();
    return this.queue;
  }

  private onHost(event: HostEvent): void {
    this.lanes.get(event.host)?.on(event);
    if (event.event === 'task.end') this.noteTask(event);
  }

  private startPlay(play: string, hosts: readonly string[]): void {
    this.endPlay();
    const width = Math.max(0, ...hosts.map((host) => host.length));
    const options = { width, check: this.check, verbose: this.screen.verbose };
    this.lanes = new Map(hosts.map((host) => [host, new Lane(host, options)]));
    this.print(`\nplay ${oneLine(play)}`);
    const lanes = [...this.lanes.values()];
    this.queue = this.queue.then(() => {
      this.list = showLanes(lanes, { streams: this.streams, verbose: this.screen.verbose });
      return this.list.done;
    });
  }

  private endPlay(): void {
    for (const lane of this.lanes.values()) lane.abandon();
    this.lanes = new Map();
    const notes = this.notes;
    this.notes = [];
    for (const note of notes) this.print(`\n${note}`);
  }

  private noteTask(end: TaskEnd): void {
    const said = end.module === 'debug' ? (end.message ?? '') : '';
    const blocks = [
      stripControls(said),
      notesText(end),
      taskDiffText(end, this.screen),
      failureText(end, this.screen),
    ].filter(Boolean);
    if (blocks.length > 0)
      this.note([`${end.host}: ${oneLine(end.task)}${originText(end, this.screen)}`, ...blocks].join('\n'));
  }

  /** Within a play it waits until the list is through. */
  private note(text: string): void {
    if (this.lanes.size === 0) this.print(text);
    else this.notes.push(text);
  }

  private print(text: string): void {
    this.queue = this.queue.then(() => this.screen.write(`${text}\n`));
  }
}
