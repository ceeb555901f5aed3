import type { Play } from '../load/playbook.ts';

/** What may stop the hosts of a batch before they are through; each ends what it has begun. */
export class PlayControl {
  /** No host begins another task. */
  halted = false;
  /** No further batch begins. */
  over = false;
  /** Nor anything after this play. */
  fatal = false;
  private readonly hosts: number;
  private readonly tolerated: number | undefined;
  private readonly failures = new Set<string>();

  constructor({ maxFailPercentage }: Play, hosts: number) {
    this.hosts = hosts;
    this.tolerated = maxFailPercentage;
  }

  /** `meta: end_play`. */
  end(): void {
    this.halted = true;
    this.over = true;
  }

  /** A host has dropped out. */
  lost(host: string, fatal: boolean): void {
    this.failures.add(host);
    this.over ||= this.failures.size >= this.hosts;
    const tooMany = this.tolerated !== undefined && (this.failures.size / this.hosts) * 100 > this.tolerated;
    if (!fatal && !tooMany) return;
    this.end();
    this.fatal = true;
  }

  /** Whoever has stopped the tasks has not stopped what is owed for those that are done. */
  beginHandlers(): void {
    this.halted = false;
  }
}
